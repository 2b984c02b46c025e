/**
 * Compressed sound that is valid and silent, of the right length, with the words in its tags: encoders are out of reach here, and no
 * program that is tried against a simulator listens. Sources: ISO 11172-3 and 13818-3 (MP3), ID3v2.3, ISO 14496-3 (AAC, ADTS),
 * RFC 9639 (FLAC), RFC 3533, RFC 6716, RFC 7845 (Opus in Ogg).
 */
import { bigEndian, crc8, crc16, crc32Ogg, joined, latin1, littleEndian } from './bytes.ts';
import { SAMPLE_RATE } from './voice.ts';

/** MPEG-2 layer III, 32 kbit/s, 24 kHz, one channel: side information and data of zeros are silence. */
const MP3_HEAD = Uint8Array.of(0xff, 0xf3, 0x44, 0xc4);
const MP3_FRAME_BYTES = 96;
const MP3_FRAME_SAMPLES = 576;

export function silentMp3(durationMs: number, tag: string): Uint8Array {
  const frame = new Uint8Array(MP3_FRAME_BYTES);
  frame.set(MP3_HEAD);
  return joined([id3(tag), ...framesOf(frame, durationMs, MP3_FRAME_SAMPLES)]);
}

/** LC, 24 kHz, one channel: an ADTS head of 7 bytes, and a channel element without any spectral data, which ends in `111`. */
const AAC_FRAME = Uint8Array.of(0xff, 0xf1, 0x58, 0x40, 0x01, 0x7f, 0xfc, 0, 0, 0, 0x07);
const AAC_FRAME_SAMPLES = 1024;

export function silentAac(durationMs: number, tag: string): Uint8Array {
  return joined([id3(tag), ...framesOf(AAC_FRAME, durationMs, AAC_FRAME_SAMPLES)]);
}

function framesOf(frame: Uint8Array, durationMs: number, samples: number): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil((durationMs * SAMPLE_RATE) / 1000 / samples));
  return Array.from({ length: count }, () => frame);
}

/** One text of the user's own kind. Its length is told in four times seven bits. */
function id3(tag: string): Uint8Array {
  const text = joined([Uint8Array.of(0), latin1(`words\0${tag}`)]);
  const frame = joined([latin1('TXXX'), bigEndian(text.length, 4), Uint8Array.of(0, 0), text]);
  const length = frame.length;
  const size = Uint8Array.of((length >> 21) & 127, (length >> 14) & 127, (length >> 7) & 127, length & 127);
  return joined([latin1('ID3'), Uint8Array.of(3, 0, 0), size, frame]);
}

const FLAC_BLOCK_SAMPLES = 4096;

export function silentFlac(durationMs: number, tag: string): Uint8Array {
  const blocks = Math.max(1, Math.ceil((durationMs * SAMPLE_RATE) / 1000 / FLAC_BLOCK_SAMPLES));
  const samples = blocks * FLAC_BLOCK_SAMPLES;
  const block = bigEndian(FLAC_BLOCK_SAMPLES, 2);
  // 20 bits of the rate, 3 of the channels less one (0), 5 of the bits a sample less one (15), 36 of the samples.
  const facts = [bigEndian(SAMPLE_RATE << 4, 3), Uint8Array.of(0xf0), bigEndian(samples, 4)];
  const info = joined([block, block, new Uint8Array(6), ...facts, new Uint8Array(16)]);
  const comment = vorbisComment(tag);
  const frames = Array.from({ length: blocks }, (_, number) => flacFrame(number));
  return joined([latin1('fLaC'), flacBlock(0, info), flacBlock(0x84, comment), ...frames]);
}

/** @param type 0x80 marks the last. */
function flacBlock(type: number, data: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(type), bigEndian(data.length, 3), data]);
}

/** 4096 samples of the rate and depth that the head tells, all of them 0. */
function flacFrame(number: number): Uint8Array {
  const head = joined([Uint8Array.of(0xff, 0xf8, 0xc0, 0x00), codedNumber(number)]);
  const frame = joined([head, Uint8Array.of(crc8(head)), Uint8Array.of(0, 0, 0)]);
  return joined([frame, bigEndian(crc16(frame), 2)]);
}

/** As UTF-8 writes characters. */
function codedNumber(number: number): Uint8Array {
  if (number < 0x80) return Uint8Array.of(number);
  if (number < 0x800) return Uint8Array.of(0xc0 | (number >> 6), 0x80 | (number & 63));
  return Uint8Array.of(0xe0 | (number >> 12), 0x80 | ((number >> 6) & 63), 0x80 | (number & 63));
}

function vorbisComment(tag: string): Uint8Array {
  const [maker, field] = [latin1('spillway'), latin1(`COMMENT=${tag}`)];
  return joined([littleEndian(maker.length, 4), maker, littleEndian(1, 4), littleEndian(field.length, 4), field]);
}

/** CELT, fullband, 20 ms, one channel, one frame: digital silence. */
const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const OPUS_PACKET_MS = 20;
/** Opus counts at 48 kHz whatever was put in. Samples. */
const OPUS_PACKET_SAMPLES = 960;
/** Of one page: one segment each. */
const PACKETS_PER_PAGE = 50;

export function silentOpus(durationMs: number, tag: string): Uint8Array {
  const head = joined([latin1('OpusHead'), Uint8Array.of(1, 1, 0, 0), littleEndian(SAMPLE_RATE, 4), new Uint8Array(3)]);
  const packets = Math.max(1, Math.ceil(durationMs / OPUS_PACKET_MS));
  const pages = [oggPage(2, 0, 0, [head]), oggPage(0, 0, 1, [joined([latin1('OpusTags'), vorbisComment(tag)])])];
  for (let from = 0; from < packets; from += PACKETS_PER_PAGE) {
    const to = Math.min(packets, from + PACKETS_PER_PAGE);
    const flags = to === packets ? 4 : 0;
    const silence = Array.from({ length: to - from }, () => OPUS_SILENCE);
    pages.push(oggPage(flags, to * OPUS_PACKET_SAMPLES, pages.length, silence));
  }
  return joined(pages);
}

/** @param flags 2: the first page, 4: the last. @param granule samples by the end of the page. */
function oggPage(flags: number, granule: number, number: number, packets: readonly Uint8Array[]): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...Array.from({ length: Math.floor(length / 255) }, () => 255),
    length % 255,
  ]);
  const head = [latin1('OggS'), Uint8Array.of(0, flags), littleEndian(granule, 8), littleEndian(1, 4)];
  const rest = [Uint8Array.of(lacing.length), Uint8Array.from(lacing), ...packets];
  const empty = joined([...head, littleEndian(number, 4), new Uint8Array(4), ...rest]);
  return joined([...head, littleEndian(number, 4), littleEndian(crc32Ogg(empty), 4), ...rest]);
}
