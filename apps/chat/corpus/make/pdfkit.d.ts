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
