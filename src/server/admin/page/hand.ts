import { type Answer, order } from './client.js';
import type { Hand, Refused } from './model.js';
import { isToken, type TokenBox } from './token.js';

const UNREACHABLE: Refused = {
  message: 'nothing answers',
  hint: 'it was not done, or it is not known whether it was; look again when the daemon is back',
};

/** What the reader does by hand. `changed`: there is something new to show. */
export function manualHand(box: TokenBox, changed: () => Promise<void>): Hand {
  let lockedOut: Refused | null = null;
  const give = async (
    command: string,
    body: Readonly<Record<string, unknown>>,
    token: string,
  ): Promise<Refused | null> => {
    const answer = await order(command, body, token);
    const refused = refusalOf(answer);
    if (isTokenRefused(answer) && box.get() === token) {
      box.forget();
      lockedOut = refused;
    }
    if (refused === null || box.get() === null) await changed();
    return refused;
  };
  return {
    get isUnlocked() {
      return box.get() !== null;
    },
    get lockedOut() {
      return lockedOut;
    },
    unlock: async (token) => {
      if (!isToken(token))
        return {
          message: 'that is no token',
          hint: 'copy the one line that is in the file, without anything around it',
        };
      const refused = await give('token', {}, token);
      if (refused !== null) return refused;
      box.set(token);
      lockedOut = null;
      await changed();
      return null;
    },
    lock: () => {
      box.forget();
      void changed();
    },
    order: async (command, body) => {
      const token = box.get();
      return token === null
        ? { message: 'orders need the admin token', hint: 'press "Unlock"' }
        : give(command, body, token);
    },
  };
}

/** The daemon has another token now. */
function isTokenRefused(answer: Answer<unknown>): boolean {
  return !answer.ok && answer.kind === 'refused' && answer.status === 401;
}

function refusalOf(answer: Answer<unknown>): Refused | null {
  if (answer.ok) return null;
  if (answer.kind === 'unreachable') return UNREACHABLE;
  // How a program has to send the token is none of the reader's business; where it is, is.
  const hint = answer.status === 401 ? answer.hint.replace(/^send [^;]*; /, '') : answer.hint;
  return { message: answer.message, hint };
}
