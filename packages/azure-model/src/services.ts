/** Which services a resource has, in the order in which they look at a request. */
import { Audio } from './media/audio.ts';
import { Images } from './media/images.ts';
import { Realtime } from './realtime/realtime.ts';
import type { Premises, Service } from './service.ts';
import { batchesService } from './state/batches.ts';
import { familyServices } from './state/families.ts';
import { filesService } from './state/files.ts';
import { uploadsService } from './state/uploads.ts';
import { vectorStoresService } from './state/vector-stores.ts';

export function servicesOf(premises: Premises): readonly Service[] {
  return [
    new Images(premises),
    new Audio(premises),
    new Realtime(premises),
    filesService(premises),
    uploadsService(premises),
    vectorStoresService(premises),
    ...familyServices(premises),
    batchesService(premises),
  ];
}
