/** Keys of TLS on the simulator's ports. */
import * as z from 'zod';
import type { TlsOptions } from '../tls/tls-options.ts';
import { type Shape, text } from './kinds.ts';

const tlsShape = {
  caFile: text()
    .min(1, 'is empty; name a file, or remove the line')
    .exactOptional()
    .describe(
      "Path that the CA's certificate is written to, for `NODE_EXTRA_CA_CERTS`. Default: `spillway-simulator-ca.pem`, in `folder` where that is given; `--ca-file` goes before it.",
    ),
  folder: text()
    .min(1, 'is empty; name a folder, or remove the line')
    .exactOptional()
    .describe(
      "Folder that keeps the CA's private key, readable by its owner alone, so that the CA is the same after a restart. Whoever has that key can pretend to be anybody towards those who trust the CA. Absent: the key is never written.",
    ),
} satisfies Shape<TlsOptions>;

export const tls = z
  .union([z.boolean(), z.strictObject(tlsShape)], {
    error: 'is neither true nor an object of `caFile` and `folder`; write `tls: true`',
  })
  .describe(
    "Whether every port speaks https beside http, with certificates of a small CA of its own; `--tls` goes before it. Azure's clients of the control plane, of metrics and of Entra ID want it.",
  );
