/** Routes that other front ends and programs know: the samples', OpenAI's, MCP's. */
import type { Hono } from 'hono';
import type { Env, Parts } from '../server/context.ts';
import { indexRoutes } from './indexes.ts';
import { mcpRoutes } from './mcp.ts';
import { openAiRoutes } from './openai.ts';
import { sampleRoutes } from './samples.ts';

export const COMPATIBLE: readonly ((app: Hono<Env>, parts: Parts) => void)[] = [
  sampleRoutes,
  openAiRoutes,
  mcpRoutes,
  indexRoutes,
];
