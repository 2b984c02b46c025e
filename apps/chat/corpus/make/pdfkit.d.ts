/** As much of pdfkit as the corpus is made with; the package brings no types. */
declare module 'pdfkit' {
  export interface TextOptions {
    readonly width?: number;
    readonly align?: 'left' | 'justify' | 'center';
    readonly lineGap?: number;
    readonly paragraphGap?: number;
  }
  export default class PDFDocument {
    constructor(options: {
      readonly size: string | readonly [number, number];
      readonly margin: number;
      readonly autoFirstPage: boolean;
      readonly compress: boolean;
      readonly lang: string;
      readonly info: Readonly<Record<string, string | Date>>;
      /** Without it the document cannot be read. */
      readonly userPassword?: string;
      /** Without it the document can be read, and not changed. */
      readonly ownerPassword?: string;
      /** Which says how it is encrypted. */
      readonly pdfVersion?: '1.3' | '1.4' | '1.5' | '1.6' | '1.7' | '1.7ext3';
    });
    y: number;
    on(event: 'data', listener: (bytes: Uint8Array) => void): this;
    on(event: 'end', listener: () => void): this;
    addPage(): this;
    font(name: string): this;
    fontSize(points: number): this;
    text(text: string, x?: number, y?: number, options?: TextOptions): this;
    moveDown(lines?: number): this;
    moveTo(x: number, y: number): this;
    lineTo(x: number, y: number): this;
    quadraticCurveTo(cpx: number, cpy: number, x: number, y: number): this;
    lineWidth(points: number): this;
    rect(x: number, y: number, width: number, height: number): this;
    fill(colour: string): this;
    stroke(colour: string): this;
    end(): void;
  }
}
