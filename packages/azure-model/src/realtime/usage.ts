/** What a realtime answer is billed as. Source: OpenAI's API reference, `response.done`; its guide on realtime costs. */

export interface RealtimeUsage {
  readonly heardTokens: number;
  readonly readTokens: number;
  readonly spokenTokens: number;
  readonly writtenTokens: number;
}

export function usageOf({ heardTokens, readTokens, spokenTokens, writtenTokens }: RealtimeUsage): object {
  const [input, output] = [heardTokens + readTokens, spokenTokens + writtenTokens];
  return {
    total_tokens: input + output,
    input_tokens: input,
    output_tokens: output,
    input_token_details: {
      text_tokens: readTokens,
      audio_tokens: heardTokens,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: writtenTokens, audio_tokens: spokenTokens },
  };
}
