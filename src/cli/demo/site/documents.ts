const PAGE_WIDTH_PT = 595;
const PAGE_HEIGHT_PT = 842;
const MARGIN_PT = 72;

/** A PDF file (ISO 32000-1) of one page in Helvetica, one of the fonts that every reader has. */
export function encodePdf(title: string, lines: readonly string[]): Buffer {
  const text = [
    `BT /F1 20 Tf ${MARGIN_PT} ${PAGE_HEIGHT_PT - MARGIN_PT} Td (${escapePdf(title)}) Tj`,
    '/F1 11 Tf 0 -36 Td 16 TL',
    ...lines.map((line) => `(${escapePdf(line)}) Tj T*`),
    'ET',
  ].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE_WIDTH_PT} ${PAGE_HEIGHT_PT}] /Contents 4 0 R ` +
      '/Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

function escapePdf(text: string): string {
  return text.replace(/[\\()]/g, '\\$&');
}

/** The smallest film that is a whole file (ISO/IEC 14496-12): a brand and a movie header without tracks. */
export function encodeEmptyMovie(): Buffer {
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1_000, 12); // time scale: units per second
  header.writeUInt32BE(0x0001_0000, 20); // rate 1.0
  header.writeUInt16BE(0x0100, 24); // volume 1.0
  // The unity matrix of section 8.2.2: 16.16 fixed point, its last element 2.30.
  for (const [offset, value] of [
    [36, 0x0001_0000],
    [52, 0x0001_0000],
    [68, 0x4000_0000],
  ] as const)
    header.writeUInt32BE(value, offset);
  header.writeUInt32BE(1, 96); // the next track would be the first
  const brand = Buffer.from('M4V \0\0\0\0M4V mp42isom', 'latin1');
  return Buffer.concat([box('ftyp', brand), box('moov', box('mvhd', header))]);
}

function box(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}
