/** What the simulator answers in its own name, in Azure's shape. */
import { type Answer, refused } from '@spillway/azure-model';
import { azureError } from '@spillway/protocol';

/** A new one each time: whoever sends it adds to its headers. @param headers names and values in turn, besides the content type. */
export function ownAnswer(status: number, code: string, message: string, headers: readonly string[] = []): Answer {
  return refused({ status, statusText: null, body: JSON.stringify(azureError(code, message)) }, [...headers], null);
}
