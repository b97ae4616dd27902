// SPDX-License-Identifier: Apache-2.0
// Just enough of the formats to know what a file is.
import { deflateSync } from 'node:zlib';

function* boxes(bytes, start = 0, end = bytes.length) {
  for (let at = start; at < end;) {
    let size = bytes.readUInt32BE(at), head = 8;
    if (size === 1) { size = Number(bytes.readBigUInt64BE(at + 8)); head = 16; }
    if (size === 0) size = end - at;
    if (size < head || at + size > end) throw new Error(`a box of ${size} bytes at ${at} of ${end}`);
    yield { type: bytes.toString('latin1', at + 4, at + 8), start: at + head, end: at + size };
    at += size;
  }
}

function find(bytes, names, start, end) {
  const [name, ...rest] = names;
  for (const box of boxes(bytes, start, end)) {
    if (box.type !== name) continue;
    if (rest.length === 0) return box;
    const inner = find(bytes, rest, box.start, box.end);
    if (inner) return inner;
  }
  return null;
}

// Length and picture size that an MP4 file says of itself; throws at what is none.
export function readMp4(bytes) {
  const need = (...names) => {
    const box = find(bytes, names);
    if (!box) throw new Error(`no box ${names.join('/')}`);
    return box;
  };
  need('ftyp');
  need('mdat');
  const movie = need('moov', 'mvhd').start, track = need('moov', 'trak', 'tkhd');
  const wide = bytes[movie] === 1;
  const scale = bytes.readUInt32BE(movie + (wide ? 20 : 12));
  const length = wide ? Number(bytes.readBigUInt64BE(movie + 24)) : bytes.readUInt32BE(movie + 16);
  return { seconds: length / scale, width: bytes.readUInt32BE(track.end - 8) >>> 16,
           height: bytes.readUInt32BE(track.end - 4) >>> 16 };
}

export const isWebp = (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' &&
    bytes.toString('latin1', 8, 12) === 'WEBP' && bytes.readUInt32LE(4) + 8 === bytes.length;
export const isJpeg = (bytes) => bytes.readUInt32BE(0) >>> 8 === 0xffd8ff &&
    bytes.readUInt16BE(bytes.length - 2) === 0xffd9;

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// A PNG of sky above sea.
export function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4), sum = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = width * 3 + 1, pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      pixels.set(y < height / 2 ? [120, 180, 240] : [20, 60, 120], y * row + 1 + x * 3);
    }
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
                        chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}
