/**
 * Containers of the code interpreter, and their files. No code runs in them.
 * Source: OpenAI API reference, containers; Azure's v1 specification, the same paths.
 */
import { isRecord } from '@spillway/protocol';
import { inWords } from '../json.ts';
import { bytesOf } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { Collection, type CollectionSpec, type Fields, type NewThing, requiredText } from './collection.ts';
import { secondsAt } from './expiry.ts';
import { FileShelf } from './files.ts';
import { pathService } from './paths.ts';
import { isRefusal, missing, noSuchFile, type Refusal, wrongField } from './refusals.ts';

/** After the last use. Source: OpenAI's guide to the code interpreter, containers. */
const IDLE_MINUTES = 20;
const IDLE_MINUTES_MAX = 20;

const CONTAINERS: CollectionSpec = {
  object: 'container',
  what: 'container',
  idOf: (ids) => ids.object('cntr_'),
  changeable: [],
  derive: ({ fields, createdMs }, nowMs) => {
    const minutes = isRecord(fields.expires_after) ? Number(fields.expires_after.minutes) : IDLE_MINUTES;
    const lastMs = createdMs;
    return { status: nowMs >= lastMs + minutes * 60_000 ? 'expired' : 'running', last_active_at: secondsAt(lastMs) };
  },
  read(fields) {
    const name = requiredText(fields, 'name');
    if (name === null) return missing('name');
    const { anchor = 'last_active_at', minutes = IDLE_MINUTES } = isRecord(fields.expires_after)
      ? fields.expires_after
      : {};
    if (anchor !== 'last_active_at') return wrongField('expires_after.anchor', "it must be 'last_active_at'");
    if (typeof minutes !== 'number' || minutes < 1 || minutes > IDLE_MINUTES_MAX) {
      return wrongField('expires_after.minutes', `it must be from 1 to ${IDLE_MINUTES_MAX}`);
    }
    const memory = typeof fields.memory_limit === 'string' ? fields.memory_limit : '1g';
    return { fields: { name, expires_after: { anchor, minutes }, memory_limit: memory } };
  },
};

export function containersService(premises: Premises): Service {
  const shelf = new FileShelf(premises);
  const containers = new Collection(premises, CONTAINERS);
  const files = new Collection(
    premises,
    {
      object: 'container.file',
      what: 'container file',
      idOf: (ids) => ids.object('cfile_'),
      changeable: [],
      read: (fields, call, container) => readFile(fields, call, container, shelf),
    },
    containers,
  );
  const withFiles = containers.table('containers');
  return pathService({
    ...withFiles,
    'POST containers': (call, ...ids) => {
      const wanted = isRecord(call.body) && Array.isArray(call.body.file_ids) ? call.body.file_ids : [];
      const copies = wanted.map((id: unknown) => copyOf(inWords(id), call, shelf));
      const strange = copies.find(isRefusal);
      if (strange !== undefined) return strange;
      const made = withFiles['POST containers']?.(call, ...ids) ?? missing('name');
      if (isRefusal(made) || !('id' in made)) return made;
      for (const copy of copies) {
        const added = isRefusal(copy) ? copy : files.add(placed(copy, String(made.id)), String(made.id), call.nowMs);
        if (isRefusal(added)) return added;
      }
      return made;
    },
    ...files.table('containers/{}/files'),
    'GET containers/{}/files/{}/content': (call, container, id) => {
      const file = files.found(id, container, call.nowMs);
      if (isRefusal(file)) return file;
      return bytesOf(files.bytes(file.id), 'application/octet-stream', call.headers, call.deployment, 0);
    },
  });
}

interface Copy {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** From a form, or from a file of the resource. */
function readFile(fields: Fields, call: ServiceCall, container: string | null, shelf: FileShelf): NewThing | Refusal {
  const part = call.form?.find(({ name }) => name === 'file');
  if (part !== undefined) return placed({ filename: part.filename ?? 'file', bytes: part.bytes }, container ?? '');
  const id = requiredText(fields, 'file_id');
  const copy = id === null ? missing('file') : copyOf(id, call, shelf);
  return isRefusal(copy) ? copy : placed(copy, container ?? '');
}

function copyOf(id: string, { nowMs }: ServiceCall, shelf: FileShelf): Copy | Refusal {
  const file = shelf.get(id, nowMs);
  return file === null ? noSuchFile(id) : { filename: file.filename, bytes: shelf.content(id) };
}

function placed({ filename, bytes }: Copy, container: string): NewThing {
  const path = `/mnt/data/${filename}`;
  return { fields: { container_id: container, bytes: bytes.length, path, source: 'user' }, bytes };
}
