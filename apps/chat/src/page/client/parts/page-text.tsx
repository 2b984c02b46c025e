/** Text of a document: lines as they are, tables as tables. */
import type { RefObject } from 'preact';
import { piecesOfPage, type TextPiece } from '../model/page-text.ts';
import { t } from '../state/words.ts';

export function PageText({ text }: { readonly text: string }) {
  return (
    <>
      {piecesOfPage(text).map((piece, i) => (
        <Piece key={i} piece={piece} />
      ))}
    </>
  );
}

/** @param first the first of the marks, to be scrolled to. */
export function MarkedText({ text, first }: { readonly text: string; readonly first: RefObject<HTMLElement | null> }) {
  return (
    <>
      {piecesOfPage(text).map((piece, i) => (
        <Marked key={i} piece={piece} place={i === 0 ? first : null} />
      ))}
    </>
  );
}

interface MarkedProps {
  readonly piece: TextPiece;
  readonly place: RefObject<HTMLElement | null> | null;
}

/** A table is no part of a line, as a mark has to be. */
function Marked({ piece, place }: MarkedProps) {
  if (piece.kind === 'text') return <mark ref={place}>{piece.text}</mark>;
  return (
    <div class="markedTable" ref={(element) => assign(place, element)}>
      <Piece piece={piece} />
    </div>
  );
}

function assign(place: RefObject<HTMLElement | null> | null, element: HTMLElement | null): void {
  if (place !== null) place.current = element;
}

function Piece({ piece }: { readonly piece: TextPiece }) {
  if (piece.kind === 'text') return <>{piece.text}</>;
  const { head, rows, isNumber } = piece;
  const cell = (i: number) => (isNumber[i] === true ? { class: 'figure' } : {});
  return (
    <figure
      class="pageTable"
      aria-label={t('table')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by itself, also with keys
      tabIndex={0}
    >
      <table>
        {head === null ? null : (
          <thead>
            <tr>
              {head.map((text, i) => (
                <th key={i} {...cell(i)}>
                  {text}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((text, i) => (
                <td key={i} {...cell(i)}>
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
