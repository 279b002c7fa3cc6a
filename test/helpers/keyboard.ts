import type { Tab } from './chromium.js';

const CODES = { Tab: 9, Enter: 13, Escape: 27, ' ': 32, ArrowDown: 40 } as const;

/** Presses one key, as a person would. */
export async function press(tab: Tab, key: keyof typeof CODES): Promise<void> {
  const text = key === 'Enter' ? { text: '\r' } : key === ' ' ? { text: ' ' } : {};
  const event = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode: CODES[key] };
  await tab.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...text });
  await tab.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}

/** What has the focus, as a person would call it; with whether the focus can be seen. */
export async function focused(tab: Tab): Promise<{ readonly name: string; readonly isVisible: boolean }> {
  return (await tab.evaluate(`(() => {
    const element = document.activeElement;
    const label = element.closest('label');
    return {
      name: (element.getAttribute('aria-label') || label?.textContent || element.textContent || '').trim(),
      isVisible: getComputedStyle(element).outlineStyle !== 'none',
    };
  })()`)) as { name: string; isVisible: boolean };
}

/** Goes from one to the next until one of that name has the focus; throws when there is none. */
export async function tabTo(tab: Tab, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    await press(tab, 'Tab');
    const now = await focused(tab);
    if (name.test(now.name)) {
      if (!now.isVisible) throw new Error(`the focus on ${now.name} cannot be seen`);
      return;
    }
    passed.push(now.name);
  }
  throw new Error(`the keyboard does not get to ${name}: ${passed.join(' | ')}`);
}
