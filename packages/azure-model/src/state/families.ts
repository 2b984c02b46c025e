/** The families of stored objects that are little more than that. Source: wire reference §1.3, §1.4. */
import type { Premises, Service } from '../service.ts';
import { containersService } from './containers.ts';
import { evalsService } from './evals.ts';
import { fineTuningService } from './fine-tuning.ts';
import { assistantsService } from './runs.ts';
import { videosService } from './videos.ts';

export function familyServices(premises: Premises): readonly Service[] {
  return [assistantsService, evalsService, containersService, fineTuningService, videosService].map((make) =>
    make(premises),
  );
}
