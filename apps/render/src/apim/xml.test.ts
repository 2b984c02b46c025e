import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printXml, xml } from './xml.ts';

test('printXml: escapes what expressions hold, in attributes and in texts', () => {
  const element = xml('when', { condition: '@(a >= "b" && c < d)' }, xml('value', {}, '<"&">'), xml('base'));
  assert.equal(
    printXml(element),
    `<when condition="@(a &gt;= &quot;b&quot; &amp;&amp; c &lt; d)">
  <value>&lt;"&amp;"&gt;</value>
  <base />
</when>
`,
  );
});
