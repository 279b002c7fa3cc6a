import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * Whether a dialog is open, as the key that it is to have: another one each time, since the browser may have closed it
 * before that is known here. 0: it is not.
 */
export function useDialog(): { readonly key: number; open(): void; close(): void } {
  const [{ key }, set] = useState({ key: 0, last: 0 });
  return {
    key,
    open: () => set((state) => ({ key: state.last + 1, last: state.last + 1 })),
    close: () => set((state) => ({ ...state, key: 0 })),
  };
}

/** A modal dialog: Escape closes it, and the focus goes back to where it was (WHATWG HTML, section 4.11.4). */
export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const name = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => {
      // Taken out of the document it cannot give the focus back itself.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={element} aria-labelledby={name} onClose={onClose}>
      <h2 id={name}>{title}</h2>
      {children}
    </dialog>
  );
}

export interface ChoiceProps {
  /** What the dialog's form does. */
  readonly action: string;
  readonly isBusy: boolean;
  readonly onCancel: () => void;
}

/** The two ways out of a dialog that is a form. */
export function Choice({ action, isBusy, onCancel }: ChoiceProps) {
  return (
    <p class="buttons">
      <button type="submit" class="strong" aria-disabled={isBusy}>
        {action}
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </p>
  );
}
