import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A_PAGE, CSS, html, INDEX, SITE, X, Y } from './rewrite-example.js';

/** Each `@` is a link to X in the source and the URL of X in the result; all else is the same in both. */
const SAME_AROUND: readonly string[] = [
  '<a href="@">',
  "<a href='@'>",
  '<a href=@>',
  '<a href = @ >',
  '<a\r\nhref\r\n=\r\n"@"\r\n>',
  '<A HREF="@" CLASS=b>',
  '<a class="c"href="@"id=d>',
  '<a title="a > b" href="@">',
  '<!DOCTYPE html>\r\n<html><head>\0<title><a href="/img/x.png"></title><link rel=icon href=@>',
  '<area href="@"><link href="@"><iframe src="@"></iframe><embed src="@"><input type=image src="@">',
  '<script src="@">"/img/x.png"</script><script>var a = \'<a href="/img/x.png">\'</script>',
  '<img src="@" srcset="@, @ 2x,@?q 3x" longdesc="@" alt="/img/x.png">',
  '<picture><source srcset="@ 100w"><img></picture><video poster="@" src="@"><track src="@"></video>',
  '<audio src="@"><source src="@"></audio><object data="@"></object>',
  '<link rel=preload as=image imagesrcset="@ 1x" href="@">',
  '<form action="@"><button formaction="@">a</button><input formaction="@"></form>',
  '<blockquote cite="@">a</blockquote><q cite="@">b</q><ins cite="@">c</ins><del cite="@">d</del>',
  '<html manifest="@"><body background="@"><table background="@"><tr background="@"><td background="@">',
  '<frameset><frame src="@" longdesc="@"></frameset>',
  '<a ping="@ @\n@" href="https://other.example/">',
  '<meta http-equiv="Refresh" content="0; url=@">',
  '<meta http-equiv=refresh content="5;URL=\'@\'">',
  '<meta http-equiv=refresh content=\'1.5 , url = "@" and more\'>',
  '<meta http-equiv=refresh content="0 @">',
  '<p style="background: url(@); content: \'/img/x.png\'">',
  '<p style=\'background: url("@")\'>',
  '<p style="background:url(&quot;@&quot;)&#59;mask:url(&apos;@&apos;)">',
  '<p style=background:url(@)>',
  '<style>\r\na > b { background: url(@) }\r\n</style>',
  '<style>/* <a href="/img/x.png"> */ a { b: url(@)',
  '<style>a{b:url(@)}</style',
  '<svg><a xlink:href="@" href="@"><image xlink:href="@"/></a><use href="@#i"/><style>a{b:url(@)}</style></svg>',
  '<svg><style>a{b:url(&quot;@&quot;)}</style><style><![CDATA[a > b {c:url(@)}]]></style></svg>',
  '<svg><rect fill="url(@#g) red" style="mask:url(@)" filter=\'url("@")\'/></svg>',
  '<svg><image href="@"></image><feImage href="@"/><script href="@"></script></svg>',
  '<math><mi href="@">x</mi></math>',
  '<template><a href="@"></a><template><img src="@"></template></template>',
  '<head><noscript><link rel=stylesheet href="@"></noscript></head><body><noscript><img src="@"></noscript>',
  '<table><a href="@">fostered</a><tr><td><a href="@">',
  '<p><b><a href="@">misnested<p></b></a><a href="@">',
  '<a href="@"><div><a href="@">',
  '<a href="@" href="/img/x.png" HREF="/img/x.png">',
  '<image src="@">',
  '<a href="@"/>',
  '</p><a href="@"></a></nosuch><a href="/img/x.png"',
  '<textarea><a href="/img/x.png"></textarea><xmp><a href="/img/x.png"></xmp><a href="@">',
  '<!-- <a href="/img/x.png"> --><![CDATA[<a href=/img/x.png>]]><?php <a href="/img/x.png"><a href="@">',
  '<div src="/img/x.png" href="/img/x.png" data="/img/x.png" data-src="/img/x.png"><p cite="/img/x.png">',
  '<a data-href="/img/x.png" href="@">\xff\xfe\x80\xc3(</a>',
  '<plaintext><a href="/img/x.png">',
];

test('links in every place are rewritten, and nothing else', () => {
  for (const source of SAME_AROUND) {
    const parts = source.replace(/<a href="@"$/, '<a href="/img/x.png"').split('@import');
    const fill = (url: string): string => parts.map((part) => part.replaceAll('@', url)).join('@import');
    assert.equal(
      html(fill('/img/x.png')),
      fill(X).replaceAll('title><a href="http', 'title><a href="http'),
      source,
    );
  }
});

/** Source and result on /a/index.html. */
const EXACT: readonly (readonly [string, string])[] = [
  // Character references are decoded before the link is followed, and written for the quotes in force.
  ['<a href="page.html?a=1&amp;b=2&c=3">', `<a href="${A_PAGE}?a=1&amp;b=2&amp;c=3">`],
  ["<a href='page.html?a=1&b'>", `<a href='${A_PAGE}?a=1&amp;b'>`],
  ['<a href=page.html?a=1&b=2>', `<a href=${A_PAGE}?a&#61;1&amp;b&#61;2>`],
  ['<a href="&#x2F;img&sol;x&period;png">', `<a href="${X}">`],
  ['<a href="page.html?a&copy=1&copy;&copy2">', `<a href="${A_PAGE}?a&amp;copy=1%C2%A9&amp;copy2">`],
  ["<a href='/it&apos;s (1)%2C'>", "<a href='http://its.example.com:8080/it&#39;s%20(1),'>"],
  ["<a href=/it's%20(1),>", '<a href=http://its.example.com:8080/it&#39;s%20(1),>'],
  [
    '<img srcset="/it\'s%20(1)%2C 1x, /img/y.png 2x">',
    `<img srcset="http://its.example.com:8080/it's%20(1)%2C 1x, ${Y} 2x">`,
  ],
  [
    '<meta http-equiv=refresh content="0;url=\'/it%27s%20(1)%2C\'">',
    '<meta http-equiv=refresh content="0;url=\'http://its.example.com:8080/it%27s%20(1),\'">',
  ],
  // White space around a link is part of the value.
  ['<a href="\n page.html\t">', `<a href="${A_PAGE}">`],
  ['<a href="pa\r\nge.html">', `<a href="${A_PAGE}">`],
  ['<a href==page.html>', `<a href=${SITE}/a/&#61;page.html>`],
  ['<a href=page.html/>', `<a href=${SITE}/a/page.html/>`],
  // UTF-8, and bytes that are none.
  ['<a href="/~me/caf\xc3\xa9 1.html">', '<a href="http://me.cafe.example.com:8080/caf%C3%A9%201.html">'],
  ['<a href="/~me/caf\xe9%201.html">', '<a href="http://me.cafe.example.com:8080/caf%C3%A9%201.html">'],
  ['<a href="/~me/caf&eacute;&#32;1.html">', '<a href="http://me.cafe.example.com:8080/caf%C3%A9%201.html">'],
  // Of metadata, only absolute links of this site.
  [
    '<meta property="og:image" content="https://example.com/img/x.png">',
    `<meta property="og:image" content="${X}">`,
  ],
  ['<meta name="twitter:image" content="/img/x.png">', '<meta name="twitter:image" content="/img/x.png">'],
  [
    '<meta name=description content="http://example.com/ is mine">',
    '<meta name=description content="http://example.com/ is mine">',
  ],
  ['<meta http-equiv=refresh content="5">', '<meta http-equiv=refresh content="5">'],
  [
    '<meta http-equiv=refresh content="x;url=page.html">',
    '<meta http-equiv=refresh content="x;url=page.html">',
  ],
  // Base.
  [
    '<base href="/img/"><img src=x.png><a href="#f">',
    `<base href=""><img src=${X}><a href="${SITE}/img/#f">`,
  ],
  [
    '<base target=_top href=/a/><img src=page.html><a href="#f">',
    `<base target=_top href=""><img src=${A_PAGE}><a href="#f">`,
  ],
  [
    "<img src=x.png><base><base href='../img/'><base href=/a/>",
    `<img src=${X}><base><base href=''><base href=/a/>`,
  ],
  [
    '<template><base href="/img/"></template><a href=page.html>',
    `<template><base href="/img/"></template><a href=${A_PAGE}>`,
  ],
  [
    '<svg><base href="/img/"/></svg><a href=page.html>',
    `<svg><base href="${SITE}/img/"/></svg><a href=${A_PAGE}>`,
  ],
  [
    '<base href="//other.example/"><a href=page.html><a href="//example.com/">',
    `<base href="//other.example/"><a href=page.html><a href="${INDEX}">`,
  ],
  ['<base href=""><a href=page.html>', `<base href=""><a href=${A_PAGE}>`],
  ['<base href><a href=page.html>', `<base href><a href=${A_PAGE}>`],
  // No link at all.
  ['<form action=""><img src=" "><a href>', '<form action=""><img src=" "><a href>'],
  // A document in a document, encoded once more on each level.
  [
    '<iframe srcdoc="<a href=\'page.html?a&amp;amp;b\'>"></iframe>',
    `<iframe srcdoc="<a href='${A_PAGE}?a&amp;amp;b'>"></iframe>`,
  ],
  [
    "<iframe srcdoc='&lt;img src=&quot;/img/x.png&quot; alt=&quot;&eacute;\xe9&quot;>'>",
    `<iframe srcdoc='&lt;img src=&quot;${X}&quot; alt=&quot;&eacute;\xe9&quot;>'>`,
  ],
  [
    '<iframe srcdoc="<base href=/img/><a href=x.png>">',
    `<iframe srcdoc="<base href=&quot;&quot;><a href=${X}>">`,
  ],
  [
    '<iframe srcdoc="<iframe srcdoc=&quot;<p style=&amp;quot;a:url(/img/x.png)&amp;quot;>&quot;>">',
    `<iframe srcdoc="<iframe srcdoc=&quot;<p style=&amp;quot;a:url(${X})&amp;quot;>&quot;>">`,
  ],
  ['\xef\xbb\xbf<link href=/css/main.css>', `\xef\xbb\xbf<link href=${CSS}>`],
];

test('links are decoded, followed and written for where they stand', () => {
  for (const [source, result] of EXACT) assert.equal(html(source), result, source);
});
