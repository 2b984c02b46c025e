/** The routes of collections, which are categories with the documents in them; and of what the app keeps of a user. */
import { JSON_TYPE, json, type Operation } from './operation.ts';

/** What is kept of a user. */
export const OWN_DATA: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/me/data',
    group: 'people',
    summary: 'What the app keeps of you, in figures',
    answers: [json('OwnData')],
  },
  {
    method: 'get',
    path: '/api/me/export',
    group: 'people',
    summary: 'Your conversations and what you uploaded, as a file',
    answers: [json('OwnExport')],
  },
];

const ONE = '/api/collections/{name}';

export const COLLECTIONS: readonly Operation[] = [
  {
    method: 'patch',
    path: '/api/documents',
    group: 'documents',
    summary: 'Move some into another collection, all or none: who uploaded them, and admins',
    body: { type: JSON_TYPE, schema: 'DocumentsMove' },
    answers: [json('Moved')],
    refusals: ['noDocument', 'notYours'],
  },
  {
    method: 'get',
    path: '/api/collections',
    group: 'documents',
    summary: 'Collections, which are categories, with what there is of each',
    answers: [json('CollectionList')],
  },
  {
    method: 'patch',
    path: ONE,
    group: 'documents',
    summary: 'Name one anew; where there is one of that name, both become one',
    access: 'admins',
    body: { type: JSON_TYPE, schema: 'CollectionChange' },
    answers: [json('Moved')],
    refusals: ['noCollection', 'notYours'],
  },
  {
    method: 'delete',
    path: ONE,
    group: 'documents',
    summary: 'Remove one with all its documents',
    access: 'admins',
    answers: [json('Removed')],
    refusals: ['noCollection', 'notYours'],
  },
];
