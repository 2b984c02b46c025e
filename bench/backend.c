/*
 * A fast fake Azure OpenAI resource for load tests: one thread, epoll, Linux, loopback only.
 *
 *   backend --ports 9101,9102,9103
 *
 * Each port plays one resource. A request is answered by what its body asks for, in its last bytes:
 *   ..."stream":true,"user":"bench:size=2048,chunks=100,interval=50000"}
 * Streams get `chunks` events, one each `interval` microseconds; every event carries "ts:<CLOCK_MONOTONIC ns> ", from which loadgen
 * tells the one-way delay. Anything else gets a chat completion of exactly `size` bytes (or the smallest possible one).
 * Answers have the shape of Azure's, keys in alphabetical order and `usage` last; the heads are shorter than Azure's.
 *
 * It ends by itself after LIFETIME_SECONDS at the latest. Request bodies must have a content-length (else 411).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  FD_MAX = 65536,
  PORTS_MAX = 16,
  LISTEN_BACKLOG = 4096,
  EPOLL_BATCH = 256,
  LIFETIME_SECONDS = 3600,
  READ_BYTES_MIN = 16 * 1024,           /* free space offered to each read */
  REQUEST_BYTES_MAX = 16 * 1024 * 1024, /* head and body of one request */
  UNSENT_BYTES_MAX = 4 * 1024 * 1024,   /* a peer that reads so slowly is dropped */
  HEAD_BYTES_MAX = 1024,
  ANSWER_BYTES_MAX = 256 * 1024,
  OPTIONS_TAIL_BYTES = 512, /* loadgen writes its wishes at the end of the body */
  EVENT_BYTES_MAX = 2048,
  WHEEL_SLOTS = 8192, /* one millisecond each: the longest interval is 8 s */
  DEFAULT_ANSWER_BYTES = 2048,
  DEFAULT_CHUNKS = 100,
  DEFAULT_INTERVAL_US = 50000,
};
#define NS_PER_MS 1000000ull
#define NS_PER_US 1000ull
#define IDLE_WAIT_MS 1000

#define COMPLETION_ID "chatcmpl-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O"
#define MODEL "gpt-4o-2024-11-20"
#define SAFE "{\"filtered\":false,\"severity\":\"safe\"}"
#define CATEGORIES "\"hate\":" SAFE ",\"self_harm\":" SAFE ",\"sexual\":" SAFE ",\"violence\":" SAFE
#define PROMPT_FILTER "\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{" CATEGORIES "}}]"
#define USAGE                                                                                                   \
  "\"usage\":{\"completion_tokens\":340,\"completion_tokens_details\":{\"reasoning_tokens\":0},"                 \
  "\"prompt_tokens\":1200,\"prompt_tokens_details\":{\"cached_tokens\":0},\"total_tokens\":1540}"
#define COMMON_HEADERS                                                                                          \
  "apim-request-id: 5f0c8a3e-1111-2222-3333-444455556666\r\n"                                                    \
  "x-ratelimit-remaining-requests: 999\r\n"                                                                      \
  "x-ratelimit-remaining-tokens: 99000\r\n"                                                                      \
  "x-ms-region: East US\r\n"                                                                                     \
  "x-content-type-options: nosniff\r\n"                                                                          \
  "strict-transport-security: max-age=31536000; includeSubDomains; preload\r\n"

typedef struct conn {
  int fd, is_listener;
  char *in; /* bytes of the requests to come */
  size_t in_len, in_cap;
  char *out; /* only what the socket would not take at once */
  size_t out_len, out_cap;
  int events_left; /* above 0: a stream is under way */
  uint64_t interval_ns, due_ns;
  struct conn *next_in_slot; /* timer wheel */
  int slot;
} conn;

static conn *conns[FD_MAX]; /* by descriptor */
static int epoll_fd;
static conn *wheel[WHEEL_SLOTS];
static uint64_t wheel_ms; /* everything due up to here has been sent */
static int streams_open;
static char date_header[64]; /* when this process started: exact enough for a fake */

static void die(const char *what) {
  fprintf(stderr, "backend: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void watch(int operation, int fd, uint32_t events) {
  struct epoll_event e = {.events = events, .data.fd = fd};
  epoll_ctl(epoll_fd, operation, fd, &e);
}

/* --- timer wheel -------------------------------------------------------------------------------------------------------- */

static void wheel_add(conn *c) {
  uint64_t ms = c->due_ns / NS_PER_MS;
  if (ms <= wheel_ms) ms = wheel_ms + 1;
  if (ms - wheel_ms >= WHEEL_SLOTS) ms = wheel_ms + WHEEL_SLOTS - 1;
  c->slot = (int)(ms % WHEEL_SLOTS);
  c->next_in_slot = wheel[c->slot];
  wheel[c->slot] = c;
}

static void wheel_remove(conn *c) {
  for (conn **p = &wheel[c->slot]; *p; p = &(*p)->next_in_slot) {
    if (*p != c) continue;
    *p = c->next_in_slot;
    return;
  }
}

/* --- connections -------------------------------------------------------------------------------------------------------- */

static conn *conn_new(int fd, int is_listener) {
  conn *c = calloc(1, sizeof *c);
  if (!c) die("calloc");
  c->fd = fd;
  c->is_listener = is_listener;
  conns[fd] = c;
  watch(EPOLL_CTL_ADD, fd, EPOLLIN);
  return c;
}

static void conn_close(conn *c) {
  if (c->events_left > 0) {
    wheel_remove(c);
    streams_open--;
  }
  close(c->fd);
  conns[c->fd] = NULL;
  free(c->in);
  free(c->out);
  free(c);
}

/* Sends, or keeps what the socket does not take. Returns -1 when the connection is lost. */
static int conn_send(conn *c, const char *bytes, size_t n) {
  if (c->out_len == 0) {
    ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return -1;
    if (sent > 0) bytes += sent, n -= (size_t)sent;
    if (n == 0) return 0;
    watch(EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT);
  }
  size_t need = c->out_len + n;
  if (need > UNSENT_BYTES_MAX) return -1;
  if (need > c->out_cap) {
    c->out_cap = need * 2;
    if (!(c->out = realloc(c->out, c->out_cap))) die("realloc");
  }
  memcpy(c->out + c->out_len, bytes, n);
  c->out_len = need;
  return 0;
}

static int conn_flush(conn *c) {
  if (c->out_len == 0) return 0;
  ssize_t sent = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN ? 0 : -1;
  c->out_len -= (size_t)sent;
  memmove(c->out, c->out + sent, c->out_len);
  if (c->out_len == 0) watch(EPOLL_CTL_MOD, c->fd, EPOLLIN);
  return 0;
}

/* --- answers ------------------------------------------------------------------------------------------------------------ */

/* Writes a chat completion of `size` bytes to `body` and returns its true size: never less than an empty answer needs. */
static int completion_of(char *body, int size) {
  static const char before[] = "{\"choices\":[{\"content_filter_results\":{" CATEGORIES
                               "},\"finish_reason\":\"stop\",\"index\":0,\"logprobs\":null,\"message\":{\"content\":\"";
  static const char after[] = "\",\"refusal\":null,\"role\":\"assistant\"}}],\"created\":1767225600,\"id\":\"" COMPLETION_ID
                              "\",\"model\":\"" MODEL "\",\"object\":\"chat.completion\"," PROMPT_FILTER
                              ",\"system_fingerprint\":\"fp_0123456789\"," USAGE "}";
  int n = sizeof before - 1, tail = sizeof after - 1;
  memcpy(body, before, sizeof before - 1);
  for (; n + tail < size; n++) body[n] = n % 7 ? (char)('a' + n % 23) : ' ';
  memcpy(body + n, after, (size_t)tail);
  return n + tail;
}

static int answer_json(conn *c, int size) {
  static char answer[HEAD_BYTES_MAX + ANSWER_BYTES_MAX], body[ANSWER_BYTES_MAX];
  static int made_for = -1, length; /* one load asks for one size: the last answer is kept */
  if (size > ANSWER_BYTES_MAX) size = ANSWER_BYTES_MAX;
  if (made_for != size) {
    int body_bytes = completion_of(body, size);
    int head_bytes = snprintf(answer, HEAD_BYTES_MAX,
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" COMMON_HEADERS
                              "Date: %s\r\n\r\n",
                              body_bytes, date_header);
    memcpy(answer + head_bytes, body, (size_t)body_bytes);
    length = head_bytes + body_bytes;
    made_for = size;
  }
  return conn_send(c, answer, (size_t)length);
}

static int answer_length_required(conn *c) {
  static const char answer[] = "HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  return conn_send(c, answer, sizeof answer - 1);
}

#define CHUNK_START "\"created\":1767225600,\"id\":\"" COMPLETION_ID "\",\"model\":\"" MODEL "\","
#define CHUNK_END "\"object\":\"chat.completion.chunk\",\"system_fingerprint\":\"fp_0123456789\","

/* Sends `events` as one HTTP chunk, followed by `more` (the last chunk, or nothing). */
static int send_chunk(conn *c, const char *events, int n, const char *more) {
  char chunk[EVENT_BYTES_MAX + 64];
  int length = snprintf(chunk, sizeof chunk, "%x\r\n%.*s\r\n%s", (unsigned)n, n, events, more);
  return conn_send(c, chunk, (size_t)length);
}

/* The head and what Azure says before any of the answer: the prompt's filter results and the role. */
static int start_stream(conn *c, int chunks, int interval_us) {
  static const char preamble[] =
      "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\"," PROMPT_FILTER "}\n\n"
      "data: {\"choices\":[{\"content_filter_results\":{},\"delta\":{\"content\":\"\",\"refusal\":null,\"role\":\"assistant\"},"
      "\"finish_reason\":null,\"index\":0,\"logprobs\":null}]," CHUNK_START CHUNK_END "\"usage\":null}\n\n";
  char head[HEAD_BYTES_MAX];
  int n = snprintf(head, sizeof head,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
                   COMMON_HEADERS "Date: %s\r\n\r\n",
                   date_header);
  if (conn_send(c, head, (size_t)n) < 0 || send_chunk(c, preamble, sizeof preamble - 1, "") < 0) return -1;
  c->events_left = chunks;
  c->interval_ns = (uint64_t)interval_us * NS_PER_US;
  c->due_ns = monotonic_ns() + c->interval_ns;
  streams_open++;
  wheel_add(c);
  return 0;
}

/* Sends the event that is due; the last one brings finish reason, usage, [DONE] and the end of the body. Returns -1 when lost. */
static int send_event(conn *c) {
  static const char ending[] =
      "data: {\"choices\":[{\"content_filter_results\":{},\"delta\":{},\"finish_reason\":\"stop\",\"index\":0,\"logprobs\":null}],"
      CHUNK_START CHUNK_END "\"usage\":null}\n\n"
      "data: {\"choices\":[]," CHUNK_START CHUNK_END USAGE "}\n\n"
      "data: [DONE]\n\n";
  char events[EVENT_BYTES_MAX];
  int last = c->events_left == 1;
  int n = snprintf(events, sizeof events,
                   "data: {\"choices\":[{\"delta\":{\"content\":\"ts:%llu \"},\"finish_reason\":null,\"index\":0,\"logprobs\":null}],"
                   CHUNK_START "\"obfuscation\":\"k3Jq\"," CHUNK_END "\"usage\":null}\n\n%s",
                   (unsigned long long)monotonic_ns(), last ? ending : "");
  if (send_chunk(c, events, n, last ? "0\r\n\r\n" : "") < 0) return -1;
  c->events_left--;
  if (last) {
    streams_open--;
    return 0;
  }
  c->due_ns += c->interval_ns;
  wheel_add(c);
  return 0;
}

static void send_due_events(void) {
  uint64_t now_ms = monotonic_ns() / NS_PER_MS;
  while (wheel_ms < now_ms) {
    wheel_ms++;
    conn *c = wheel[wheel_ms % WHEEL_SLOTS];
    wheel[wheel_ms % WHEEL_SLOTS] = NULL;
    while (c) {
      conn *next = c->next_in_slot; /* c may be gone, or in another slot, after this */
      if (c->due_ns / NS_PER_MS > wheel_ms) wheel_add(c);
      else if (send_event(c) < 0) conn_close(c);
      c = next;
    }
  }
}

/* --- requests ----------------------------------------------------------------------------------------------------------- */

static int option(const char *from, const char *end, const char *name, int otherwise) {
  const char *p = memmem(from, (size_t)(end - from), name, strlen(name));
  return p ? atoi(p + strlen(name)) : otherwise;
}

/* Answers one request; -1 when the connection is lost. The wishes are sought at the end first, and then, should the proxy have added
 * something behind them, everywhere. */
static int answer(conn *c, const char *body, size_t n) {
  const char *end = body + n, *tail = n > OPTIONS_TAIL_BYTES ? end - OPTIONS_TAIL_BYTES : body;
  const char *wishes = memmem(tail, (size_t)(end - tail), "bench:", 6);
  if (!wishes) wishes = memmem(tail = body, n, "bench:", 6);
  if (!wishes) return answer_json(c, DEFAULT_ANSWER_BYTES);
  int streamed = memmem(tail, (size_t)(end - tail), "\"stream\":true", 13) != NULL;
  if (!streamed) return answer_json(c, option(wishes, end, "size=", DEFAULT_ANSWER_BYTES));
  int chunks = option(wishes, end, "chunks=", DEFAULT_CHUNKS), interval_us = option(wishes, end, "interval=", DEFAULT_INTERVAL_US);
  return start_stream(c, chunks > 0 ? chunks : 1, interval_us > 0 ? interval_us : 1);
}

/* Value of a header, or NULL. `head_end` is behind the last header's line end. */
static const char *header(const char *head, const char *head_end, const char *name) {
  size_t n = strlen(name);
  for (const char *line = head, *line_end; line < head_end; line = line_end + 1) {
    if (!(line_end = memchr(line, '\n', (size_t)(head_end - line)))) return NULL;
    if ((size_t)(line_end - line) > n && line[n] == ':' && strncasecmp(line, name, n) == 0) return line + n + 1;
  }
  return NULL;
}

/* Answers what has arrived whole. A stream is finished before the next request of its connection is looked at. -1: close. */
static int answer_requests(conn *c) {
  while (c->in_len > 0 && c->events_left == 0) {
    char *blank = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!blank) return c->in_len < REQUEST_BYTES_MAX ? 0 : -1;
    const char *body = blank + 4, *length = header(c->in, blank + 2, "content-length");
    if (!length && header(c->in, blank + 2, "transfer-encoding")) {
      answer_length_required(c);
      return -1;
    }
    size_t head_bytes = (size_t)(body - c->in), body_bytes = length ? strtoul(length, NULL, 10) : 0;
    if (body_bytes > REQUEST_BYTES_MAX) return -1;
    if (c->in_len - head_bytes < body_bytes) return 0;
    if (answer(c, body, body_bytes) < 0) return -1;
    c->in_len -= head_bytes + body_bytes;
    memmove(c->in, c->in + head_bytes + body_bytes, c->in_len);
  }
  return 0;
}

/* Reads what is there; -1 when the peer has gone. */
static int conn_read(conn *c) {
  for (;;) {
    if (c->in_cap - c->in_len < READ_BYTES_MIN) {
      if (c->in_cap > 2 * REQUEST_BYTES_MAX) return -1;
      c->in_cap = c->in_cap ? c->in_cap * 2 : 2 * READ_BYTES_MIN;
      if (!(c->in = realloc(c->in, c->in_cap + 1))) die("realloc");
    }
    ssize_t n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN)) return -1;
    if (n < 0) break;
    c->in_len += (size_t)n;
    if (c->in_len < c->in_cap) break;
  }
  c->in[c->in_len] = 0; /* strtoul and atoi stop here at the latest */
  return 0;
}

static void accept_all(conn *listener) {
  for (;;) {
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK), on = 1;
    if (fd < 0) return;
    if (fd >= FD_MAX) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    conn_new(fd, 0);
  }
}

static void on_event(conn *c, uint32_t events) {
  if (c->is_listener) {
    accept_all(c);
    return;
  }
  int lost = 0;
  if (events & EPOLLOUT) lost = conn_flush(c) < 0;
  if (!lost && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) lost = conn_read(c) < 0;
  if (lost || answer_requests(c) < 0) conn_close(c);
}

static void listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, LISTEN_BACKLOG)) die("listen");
  conn_new(fd, 1);
}

int main(int argc, char **argv) {
  if (argc != 3 || strcmp(argv[1], "--ports") != 0) {
    fprintf(stderr, "usage: backend --ports PORT[,PORT...]\n");
    return 2;
  }
  alarm(LIFETIME_SECONDS);
  time_t now = time(NULL);
  strftime(date_header, sizeof date_header, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
  epoll_fd = epoll_create1(0);
  int ports = 0;
  for (char *p = strtok(argv[2], ","); p && ports < PORTS_MAX; p = strtok(NULL, ","), ports++) listen_on(atoi(p));
  wheel_ms = monotonic_ns() / NS_PER_MS;
  for (;;) {
    struct epoll_event ready[EPOLL_BATCH];
    int n = epoll_wait(epoll_fd, ready, EPOLL_BATCH, streams_open > 0 ? 1 : IDLE_WAIT_MS);
    for (int i = 0; i < n; i++) {
      conn *c = conns[ready[i].data.fd];
      if (c) on_event(c, ready[i].events);
    }
    send_due_events();
  }
}
