/** Exit codes of every command. `absent` is what init scripts use for a program that is not running (LSB, "status"). */
export const EXIT = { fine: 0, problems: 1, usage: 2, absent: 3 } as const;
