import type { ReplicaView } from '../../source.js';
import type { Hand } from '../model.js';
import { visible } from '../words.js';
import { Choice, Dialog, useDialog } from './dialog.js';
import { Problem, useOrdering } from './ordering.js';

export interface DrainProps {
  readonly replica: ReplicaView;
  readonly hand: Hand;
}

/** Takes one replica away, after a second thought: it cannot be taken back. */
export function Drain({ replica: { id, address, page }, hand }: DrainProps) {
  const dialog = useDialog();
  const { isBusy, refused, give } = useOrdering(hand);
  const drain = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await give('drain', { id })) dialog.close();
  };
  return (
    <>
      <button type="button" class="small" aria-label={`Drain ${address}`} onClick={dialog.open}>
        Drain
      </button>
      {dialog.key > 0 && (
        <Dialog key={dialog.key} title={`Drain ${address}?`} onClose={() => dialog.close()}>
          <form onSubmit={drain}>
            <p>
              It leaves the answers for {visible(page)}, serves on until no cache can know it any more, and
              ends. Another takes its place if the load asks for it.
            </p>
            <Problem refused={refused} />
            <Choice action="Drain it" isBusy={isBusy} onCancel={() => dialog.close()} />
          </form>
        </Dialog>
      )}
    </>
  );
}
