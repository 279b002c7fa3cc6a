import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { showControls } from '../../../../src/server/admin/format.js';
import { html } from '../../../../src/server/admin/view/html.js';

test('text is escaped, markup and lists of both are not escaped twice', () => {
  const items = ['<1>', html`<b>${'&'}</b>`, 2];
  assert.equal(html`<p title="${'"'}">${items}</p>`.text, '<p title="&quot;">&lt;1&gt;<b>&amp;</b>2</p>');
});

test('whatever the text, a parser finds it again as text and as the value of an attribute, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = showControls(text);
      const [element, ...others] = parseFragment(html`<i title="${text}">${text}</i>`.text).childNodes;
      assert.equal(others.length, 0);
      assert.ok(element !== undefined && 'tagName' in element && element.tagName === 'i');
      assert.deepEqual(element.attrs, [{ name: 'title', value: shown }]);
      const inside = element.childNodes.map((node) =>
        'value' in node ? node.value : assert.fail('an element'),
      );
      assert.equal(inside.join(''), shown);
    }),
  );
});
