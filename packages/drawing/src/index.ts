export * from './chart.ts';
export * from './document.ts';
export * from './number.ts';
export * from './panel.ts';
export * from './parts.ts';
export * from './scale.ts';
export * from './style.ts';
export * from './svg.ts';
