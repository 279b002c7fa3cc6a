import type { Article } from './article.js';
import { DEMO_DOMAIN } from './domain.js';

/** Newest first. The links are written in many ways on purpose: each of them has to lead to a host of its own. */
export const ARTICLES: readonly Article[] = [
  {
    folder: '/blog/2015/01/19/mirageos-xen-virtualbox/',
    title: 'One kernel, one page',
    date: '19 January 2015',
    categories: ['mirageos', 'xen', 'virtualbox', 'unikernel'],
    summary:
      'What is left of a web server when it serves a single file, and why that makes it quick to start.',
    body: `<p>A general server is ready for everything: users, shells, drivers for disks that it does not have. A page
needs none of it. It needs a network card, enough TCP to answer, and the answer itself.</p>
<figure><img src="../../../../../images/blog/mirage-dev/ubuntu_in_vm_overview.jpg" width=240 height=160
 alt="Many boxes within each other"><figcaption>Layers between a page and the machine, the usual way.</figcaption></figure>
<p>A unikernel is that remainder: the program and the few parts of a system that it calls, linked into one image.
It starts in the time that others take to look for their disks, so it can be started <em>because</em> somebody asks.</p>
<figure><img src='/images/blog/mirage-dev/xen_in_vm_overview.jpg' width=240 height=160
 alt="Two boxes"><figcaption>The same page on a hypervisor, without the rest.</figcaption></figure>
<p>hotzone builds the image once. What differs from page to page is a bundle with the finished responses, handed to
the image at boot; no compiler runs while a crowd waits. Seen from outside nothing changes:</p>
<pre>
$ dig +short mirageos-xen-virtualbox.19.01.2015.blog.index.html.${DEMO_DOMAIN}
127.80.0.1
127.80.0.2
</pre>
<p>How the crowd is noticed in the first place is <a href="../../../../2012/01/12/ardrone-test-flight-1/">another story</a>.</p>`,
  },
  {
    folder: '/blog/2012/01/12/ardrone-test-flight-1/',
    title: 'A crowd arrives',
    date: '12 January 2012',
    categories: ['ardrone', 'experiments'],
    summary:
      'One page gets a hundred times its usual visitors within a second. What happens next, step by step.',
    body: `<p>Most pages are asked for now and then, and one host serves all of them without effort.</p>
<figure class="row"><img src="/images/blog/ardrone-experiment-1/camera_28.jpg" alt="A few visitors around a page">
<img src="http://${DEMO_DOMAIN}/images/blog/ardrone-experiment-1/camera_33.jpg" alt="Many visitors around a page"></figure>
<p>Then somebody well read links to one of them. The steps from there: the surge is <b>detected</b> from the
questions that the name server gets and from the requests that the origin counts; replicas <b>boot</b>, each with an
address of its own; each is <b>probed</b> with the page's own content; only then it is <b>published</b>.</p>
<figure><img src="/images/blog/ardrone-experiment-1/ardrone-test.png"
 srcset="/images/blog/ardrone-experiment-1/ardrone-test.png 1x, /images/blog/ardrone-experiment-1/screenshot1.png 2x"
 alt="Visits over time"><figcaption>Visits per second: calm, crowd, calm.</figcaption></figure>
<figure><video controls preload="none" poster="/images/blog/ardrone-experiment-1/ardrone1.jpg" width="240" height="160">
<source src="/images/blog/ardrone-experiment-1/ardrone-test.m4v" type="video/mp4"></video>
<figcaption>An origin with four replicas. The film is only a header, but it has a name and a host as well.</figcaption></figure>
<p>When the crowd leaves, the addresses go first. Caches may hold them a while longer, so the replicas stay until the
last answer that named them has run out. More about caches:
<a href="/blog/2011/12/02/experimenting-with-distributed-chat/index.html#caches">What a resolver does not tell</a>.</p>`,
  },
  {
    folder: '/blog/2012/01/05/macvim-and-funnel-pl/',
    title: 'Reading a decision',
    date: '5 January 2012',
    categories: ['vim', 'experiments'],
    summary:
      'Every change of a page comes with its reasons. How to read them, and what to do when they surprise you.',
    body: `<p>An autoscaler that cannot say why it did something is only trusted until its first surprise. So each
decision is kept with the chain of reasons that led to it, in the order in which they were weighed:</p>
<pre>
demand 105/s over 1 s, target 30/s: 4 replicas wanted
0 serving, 0 booting; scale up by at most 6 in 5 s
bounds 0 to 6: 4
4 to boot
</pre>
<p>The same words appear in the log, on the status page, and on the command line:</p>
<pre>
$ hotzone explain /blog/2015/01/19/mirageos-xen-virtualbox/index.html
</pre>
<p>If the number is not what you expected, read upwards: the first line that you disagree with names the setting to
change. The settings are few, and <a href=/software/>all of them are in one file</a> per policy.</p>`,
  },
  {
    folder: '/blog/2011/12/02/experimenting-with-distributed-chat/',
    title: 'What a resolver does not tell',
    date: '2 December 2011',
    categories: ['mist', 'experiments', 'java'],
    summary:
      'Between a name server and its users stand caches. They hide the users best when there are most of them.',
    body: `<p>A name server does not see visitors. It sees resolvers, and a resolver asks once per lifetime of the answer,
whether one person waits behind it or ten thousand.</p>
<figure><img src="../../../../../images/blog/uavexperiment/MobileNode.png" alt="A node and seven others around it">
<figcaption>Seven caches. How many people?</figcaption></figure>
<h3 id="caches">Caches</h3>
<p>What gives the crowd away is the moment after an answer has run out. If the next question comes at once, many were
waiting; if it takes a minute, few were. Counting questions against the time in which a cache had no answer gives an
estimate of the visits behind it, until the wait becomes too short to measure.</p>
<div class="row" style="background: url('/theme/images/line-tile.png?1395516324') repeat-x; padding: 12px 0">
<img src="/images/blog/uavexperiment/image1.jpg" alt="1 replica"> <img src=/images/blog/uavexperiment/image2.jpg alt="2 replicas">
<img src='/images/blog/uavexperiment/image3.jpg' alt="3 replicas"> <img src="../../../../../images/blog/uavexperiment/image4.jpg" alt="4 replicas">
<img src="http://${DEMO_DOMAIN}/images/blog/uavexperiment/image5.jpg" alt="5 replicas"> <img src="//${DEMO_DOMAIN}/images/blog/uavexperiment/image6.jpg" alt="6 replicas"></div>
<p>The estimate is checked against the requests that the servers count. Going up, either is enough; going down, both
must agree. Background reading is under <a href="http://${DEMO_DOMAIN}/publications/">publications</a>.</p>`,
  },
  {
    folder: '/blog/2011/10/20/a-stand-alone-java-bloom-filter/',
    title: 'Counting a flood in little memory',
    date: '20 October 2011',
    categories: ['bloom-filters', 'java'],
    summary: 'A name server counts what strangers send it. What it keeps has to have a bound.',
    body: `<p>Anybody may send a question, with any name in it and from any address that they care to write on the
envelope. A table that grows with either is a way to fill the memory of a server from far away.</p>
<p>Two rules keep it small. Names that do not exist are never counted one by one: a million random names cost one
counter. Sources are kept only as far as the table goes: the heavy ones by address, all the others as one sum.</p>
<p>Nothing is lost that a decision needs. A page is hot because of the sources that ask most, and those are the ones
that stay. See also <a href="../../../../categories/bloom-filters/">other pages on the subject</a>, or go
<a href="../../../../../">home</a>.</p>`,
  },
];
