import { useState } from 'preact/hooks';
import type { Hand, Refused } from '../model.js';
import { Choice, Dialog, useDialog } from './dialog.js';
import { Problem } from './ordering.js';

/** Without the token the page only shows; with it there are buttons. */
export function Unlock({ hand }: { readonly hand: Hand }) {
  const dialog = useDialog();
  const [refused, setRefused] = useState<Refused | null>(null);
  const [isBusy, setBusy] = useState(false);
  const open = (): void => {
    setRefused(null);
    dialog.open();
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
    setBusy(true);
    const problem = await hand.unlock(String(token ?? '').trim());
    setBusy(false);
    setRefused(problem);
    if (problem === null) dialog.close();
  };
  return (
    <>
      {/* One button for both, so that whoever pressed it is still on it. */}
      <button type="button" onClick={hand.isUnlocked ? hand.lock : open}>
        {hand.isUnlocked ? 'Lock' : 'Unlock'}
      </button>
      {dialog.key > 0 && (
        <Dialog key={dialog.key} title="Take over by hand" onClose={() => dialog.close()}>
          <form method="dialog" onSubmit={submit}>
            <p>
              Whoever has the admin token may pin, pause and drain. It is in the file <code>admin-token</code>{' '}
              in the daemon's state folder, and is forgotten when this tab is closed.
            </p>
            <label>
              Admin token
              <input name="token" type="password" autocomplete="off" spellcheck={false} required />
            </label>
            <Problem refused={refused} />
            <Choice action="Unlock" isBusy={isBusy} onCancel={() => dialog.close()} />
          </form>
        </Dialog>
      )}
    </>
  );
}
