/*
 * A small HTTP/1.1 load generator: one thread, epoll, Linux, loopback only.
 *
 *   loadgen --port P --mode closed  --conns 64   --secs 3               saturation: every connection asks again at once
 *   loadgen --port P --mode open    --conns 64   --secs 3 --rate 1000   constant rate; latency counts from the intended time, so
 *                                                                      that a stall is not hidden (coordinated omission)
 *   loadgen --port P --mode streams --conns 1000 --secs 4 --warm 2      that many streams kept open; the delay of each event
 *
 * --body BYTES of the request, --size BYTES of the answer, --chunks N and --interval-us US of a stream (see backend.c).
 * What happens within the first --warm seconds is not counted. One JSON object on stdout.
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
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  CONNS_MAX = 16384,
  SECONDS_MAX = 120, /* every run is bounded */
  BODY_BYTES_MAX = 1024 * 1024,
  HEAD_BYTES_MAX = 8192, /* of an answer */
  READ_BYTES = 256 * 1024,
  EPOLL_BATCH = 256,
  WAITING_MAX = 1 << 20,  /* open mode: requests that found no free connection */
  SAMPLES_MAX = 1 << 24,  /* latencies kept; later ones are counted but not ranked */
  SAMPLES_FIRST = 1 << 16,
  SAMPLE_NS = 100, /* resolution of a kept latency */
};
#define NS_PER_SECOND 1000000000ull
#define WAIT_NS_MAX 50000000ull     /* the clock is looked at this often, whatever happens */
#define RAMP_TICK_NS 1000000ull     /* streams are opened in steps of a millisecond */
#define RAMP_NS NS_PER_SECOND       /* ... and spread over this long, so that their events do not come in one burst */
#define STAMP "ts:"

#define REQUEST_HEAD                                                                                             \
  "POST /openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21 HTTP/1.1\r\n"                          \
  "Host: 127.0.0.1:%d\r\nUser-Agent: OpenAI/Python 1.40.0\r\nAccept: application/json\r\n"                        \
  "Accept-Encoding: identity\r\nContent-Type: application/json\r\napi-key: 0123456789abcdef0123456789abcdef\r\n"  \
  "x-stainless-lang: python\r\nx-stainless-os: Linux\r\nx-stainless-retry-count: 0\r\nContent-Length: %d\r\n\r\n"

enum mode { CLOSED, OPEN, STREAMS };
enum phase { HEAD, BODY_OF_LENGTH, BODY_TO_EOF, CHUNK_SIZE, CHUNK_DATA, CHUNK_CRLF, TRAILER };

typedef struct {
  int fd, busy, status, keep_alive;
  enum phase phase;
  size_t sent;         /* bytes of the request */
  size_t left;         /* bytes of the body or chunk to come */
  uint64_t started_ns; /* open mode: when it should have started */
  char head[HEAD_BYTES_MAX];
  size_t head_len; /* in the trailer: length of the present line */
  int stamp_matched; /* characters of STAMP seen; events may be cut anywhere by a read */
  uint64_t stamp_ns;
} conn;

typedef struct {
  uint32_t *values; /* in units of SAMPLE_NS */
  size_t count, cap;
} samples;

static struct {
  int port, conns, body_bytes, answer_bytes, chunks, interval_us;
  double seconds, warm_seconds, rate;
  enum mode mode;
} ask = {.port = 8080, .conns = 64, .body_bytes = 2048, .answer_bytes = 2048, .chunks = 100, .interval_us = 50000,
         .seconds = 3, .warm_seconds = 0, .rate = 1000, .mode = CLOSED};

static conn *conns;
static int epoll_fd;
static char *request;
static size_t request_bytes;
static uint64_t start_ns, counted_from_ns, end_ns;
static int *idle, idle_count; /* open mode: free connections, last used first */
static uint64_t *waiting, waiting_head, waiting_tail; /* open mode: intended start times */
static uint64_t requests, errors, status_2xx, status_other, events, body_bytes;
static samples latencies, delays;

static void die(const char *what) {
  fprintf(stderr, "loadgen: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void *must(void *memory) {
  if (!memory) die("memory");
  return memory;
}

static uint64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

static int counted(uint64_t at_ns) { return at_ns >= counted_from_ns && at_ns <= end_ns; }

/* --- samples ------------------------------------------------------------------------------------------------------------ */

static void keep(samples *s, uint64_t ns) {
  if (s->count == SAMPLES_MAX) return;
  if (s->count == s->cap) {
    s->cap = s->cap ? s->cap * 2 : SAMPLES_FIRST;
    s->values = must(realloc(s->values, s->cap * sizeof *s->values));
  }
  uint64_t units = ns / SAMPLE_NS;
  s->values[s->count++] = units > UINT32_MAX ? UINT32_MAX : (uint32_t)units;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void rank(samples *s) {
  if (s->count > 0) qsort(s->values, s->count, sizeof *s->values, ascending);
}

/* Microseconds below which the share `p` of the (sorted) samples lies. */
static double percentile_us(const samples *s, double p) {
  if (s->count == 0) return 0;
  size_t i = (size_t)(p * (double)s->count);
  return s->values[i < s->count ? i : s->count - 1] * (SAMPLE_NS / 1000.0);
}

/* --- one request -------------------------------------------------------------------------------------------------------- */

static void watch(int operation, conn *c, uint32_t interest) {
  struct epoll_event e = {.events = interest, .data.u32 = (uint32_t)(c - conns)};
  epoll_ctl(epoll_fd, operation, c->fd, &e);
}

static void conn_open(conn *c) {
  int on = 1;
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)ask.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) < 0) die("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connect(c->fd, (struct sockaddr *)&to, sizeof to); /* a refusal comes as an event */
  watch(EPOLL_CTL_ADD, c, EPOLLIN);
}

static void conn_close(conn *c) {
  close(c->fd);
  c->fd = -1;
}

static void send_request(conn *c) {
  while (c->sent < request_bytes) {
    ssize_t n = send(c->fd, request + c->sent, request_bytes - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) { /* full, or still connecting; a lost connection shows itself by EPOLLERR */
      watch(EPOLL_CTL_MOD, c, EPOLLIN | EPOLLOUT);
      return;
    }
    c->sent += (size_t)n;
  }
}

static void begin(conn *c, uint64_t started_ns) {
  if (c->fd < 0) conn_open(c);
  c->busy = 1;
  c->phase = HEAD;
  c->sent = c->head_len = 0;
  c->stamp_matched = 0;
  c->started_ns = started_ns;
  send_request(c);
}

static void finish(conn *c, int whole) {
  uint64_t now = monotonic_ns();
  c->busy = 0;
  if (counted(now)) {
    requests++;
    if (!whole) errors++;
    else if (c->status >= 200 && c->status < 300) status_2xx++;
    else status_other++;
    if (whole) keep(&latencies, now - c->started_ns);
  }
  if (!whole || !c->keep_alive) conn_close(c);
  if (now >= end_ns) return;
  if (ask.mode != OPEN) begin(c, now);
  else if (waiting_head != waiting_tail) begin(c, waiting[waiting_head++ % WAITING_MAX]);
  else idle[idle_count++] = (int)(c - conns);
}

/* --- the answer --------------------------------------------------------------------------------------------------------- */

/* Finds "ts:<digits> ", byte by byte, since a proxy may cut an event anywhere. */
static void read_stamps(conn *c, const char *p, size_t n) {
  const int whole = sizeof STAMP - 1;
  uint64_t now = monotonic_ns();
  for (const char *end = p + n; p < end; p++) {
    if (c->stamp_matched < whole) {
      if (*p == STAMP[c->stamp_matched]) c->stamp_matched++;
      else c->stamp_matched = *p == STAMP[0];
      c->stamp_ns = 0;
    } else if (*p >= '0' && *p <= '9') {
      c->stamp_ns = c->stamp_ns * 10 + (uint64_t)(*p - '0');
    } else {
      c->stamp_matched = 0;
      if (*p != ' ' || !counted(now)) continue;
      events++;
      keep(&delays, now > c->stamp_ns ? now - c->stamp_ns : 0);
    }
  }
}

static void on_body(conn *c, const char *p, size_t n) {
  if (counted(monotonic_ns())) body_bytes += n;
  if (ask.mode == STREAMS) read_stamps(c, p, n);
}

/* Understands a whole head: status and framing. */
static void on_head(conn *c) {
  const char *length = strcasestr(c->head, "\r\ncontent-length:");
  c->status = atoi(c->head + sizeof "HTTP/1.1");
  c->keep_alive = strcasestr(c->head, "\r\nconnection: close") == NULL;
  c->left = 0;
  if (strcasestr(c->head, "\r\ntransfer-encoding: chunked")) c->phase = CHUNK_SIZE;
  else if (length) {
    c->left = strtoul(length + sizeof "\r\ncontent-length:" - 1, NULL, 10);
    c->phase = BODY_OF_LENGTH;
  } else {
    c->keep_alive = 0;
    c->phase = BODY_TO_EOF;
  }
}

/* Takes bytes of a head; returns how many, or 0 when it is too long. */
static size_t take_head(conn *c, const char *p, size_t n) {
  size_t had = c->head_len, room = HEAD_BYTES_MAX - 1 - had, taken = n < room ? n : room;
  if (room == 0) return 0;
  memcpy(c->head + had, p, taken);
  c->head_len += taken;
  c->head[c->head_len] = 0;
  size_t from = had > 3 ? had - 3 : 0;
  char *blank = memmem(c->head + from, c->head_len - from, "\r\n\r\n", 4);
  if (!blank) return taken;
  taken = (size_t)(blank + 4 - c->head) - had;
  blank[2] = 0;
  on_head(c);
  return taken;
}

/* Takes bytes of a body or chunk of known length. */
static size_t take_known(conn *c, const char *p, size_t n) {
  size_t taken = n < c->left ? n : c->left;
  on_body(c, p, taken);
  c->left -= taken;
  return taken;
}

static void take_chunk_size(conn *c, char byte) {
  int letter = byte | 32;
  if (byte == '\n') {
    c->phase = c->left ? CHUNK_DATA : TRAILER;
    c->head_len = 0;
  } else if (byte >= '0' && byte <= '9') c->left = c->left * 16 + (size_t)(byte - '0');
  else if (letter >= 'a' && letter <= 'f') c->left = c->left * 16 + (size_t)(letter - 'a' + 10);
}

/* Returns 1 at the blank line that ends the body. */
static int take_trailer(conn *c, char byte) {
  if (byte == '\n' && c->head_len == 0) return 1;
  if (byte == '\n') c->head_len = 0;
  else if (byte != '\r') c->head_len++;
  return 0;
}

/* What an answer's bytes led to. */
enum ending { UNFINISHED, WHOLE, BROKEN };

/* Walks an answer's bytes until it ends: the next request has not been sent yet, so nothing can follow it. */
static enum ending take_answer(conn *c, const char *p, size_t n) {
  for (const char *end = p + n; p < end;) {
    size_t here = (size_t)(end - p), taken;
    switch (c->phase) {
      case HEAD:
        taken = take_head(c, p, here);
        if (taken == 0) return BROKEN;
        p += taken;
        if (c->phase == BODY_OF_LENGTH && c->left == 0) return WHOLE;
        break;
      case BODY_OF_LENGTH:
        p += take_known(c, p, here);
        if (c->left == 0) return WHOLE;
        break;
      case BODY_TO_EOF:
        on_body(c, p, here);
        return UNFINISHED;
      case CHUNK_SIZE:
        take_chunk_size(c, *p++);
        break;
      case CHUNK_DATA:
        p += take_known(c, p, here);
        if (c->left == 0) c->phase = CHUNK_CRLF;
        break;
      case CHUNK_CRLF:
        if (*p++ == '\n') c->phase = CHUNK_SIZE;
        break;
      case TRAILER:
        if (take_trailer(c, *p++)) return WHOLE;
        break;
    }
  }
  return UNFINISHED;
}

static void on_event(conn *c, uint32_t happened) {
  static char bytes[READ_BYTES];
  if (c->fd < 0) return;
  if (happened & EPOLLOUT) {
    watch(EPOLL_CTL_MOD, c, EPOLLIN);
    send_request(c);
  }
  if (!(happened & (EPOLLIN | EPOLLERR | EPOLLHUP))) return;
  ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (!c->busy) {
    if (n <= 0) conn_close(c); /* an idle connection that the proxy gave up */
    return;
  }
  enum ending ending = n > 0 ? take_answer(c, bytes, (size_t)n) : n == 0 && c->phase == BODY_TO_EOF ? WHOLE : BROKEN;
  if (ending != UNFINISHED) finish(c, ending == WHOLE);
}

/* --- the load ----------------------------------------------------------------------------------------------------------- */

/* Open mode: begins every request whose time has come; returns nanoseconds until the next. */
static uint64_t begin_due(uint64_t now) {
  static uint64_t next_ns;
  const uint64_t step_ns = (uint64_t)((double)NS_PER_SECOND / ask.rate);
  if (next_ns == 0) next_ns = start_ns;
  for (; next_ns <= now; next_ns += step_ns) {
    if (idle_count > 0) begin(&conns[idle[--idle_count]], next_ns);
    else if (waiting_tail - waiting_head < WAITING_MAX) waiting[waiting_tail++ % WAITING_MAX] = next_ns;
    else errors++;
  }
  return next_ns - now;
}

/* Opens the streams evenly over RAMP_NS; returns nanoseconds until the next look. */
static uint64_t begin_ramp(uint64_t now) {
  static int begun;
  if (begun == ask.conns) return WAIT_NS_MAX;
  double share = (double)(now - start_ns) / (double)RAMP_NS;
  int wanted = share >= 1 ? ask.conns : (int)(share * ask.conns) + 1;
  while (begun < wanted && begun < ask.conns) begin(&conns[begun++], now);
  return RAMP_TICK_NS;
}

static void begin_all(void) {
  for (int i = 0; i < ask.conns; i++) {
    conns[i].fd = -1;
    if (ask.mode == CLOSED) begin(&conns[i], monotonic_ns());
    if (ask.mode == OPEN) {
      conn_open(&conns[i]);
      idle[idle_count++] = i;
    }
  }
}

static void run(void) {
  for (uint64_t now; (now = monotonic_ns()) < end_ns;) {
    uint64_t wait = end_ns - now < WAIT_NS_MAX ? end_ns - now : WAIT_NS_MAX, due = WAIT_NS_MAX;
    if (ask.mode == OPEN) due = begin_due(now);
    if (ask.mode == STREAMS) due = begin_ramp(now);
    if (due < wait) wait = due;
    struct timespec timeout = {(time_t)(wait / NS_PER_SECOND), (long)(wait % NS_PER_SECOND)};
    struct epoll_event ready[EPOLL_BATCH];
    int n = epoll_pwait2(epoll_fd, ready, EPOLL_BATCH, &timeout, NULL);
    for (int i = 0; i < n; i++) on_event(&conns[ready[i].data.u32], ready[i].events);
  }
}

static void report(void) {
  rank(&latencies);
  rank(&delays);
  printf("{\"requests\":%llu,\"errors\":%llu,\"status2xx\":%llu,\"statusOther\":%llu,\"seconds\":%.3f,"
         "\"latencyP50Us\":%.1f,\"latencyP99Us\":%.1f,\"events\":%llu,\"delayP50Us\":%.1f,\"delayP99Us\":%.1f,\"bodyBytes\":%llu}\n",
         (unsigned long long)requests, (unsigned long long)errors, (unsigned long long)status_2xx, (unsigned long long)status_other,
         ask.seconds, percentile_us(&latencies, .5), percentile_us(&latencies, .99), (unsigned long long)events,
         percentile_us(&delays, .5), percentile_us(&delays, .99), (unsigned long long)body_bytes);
}

/* A chat completion request of `ask.body_bytes`, with the wishes for the backend at its end. */
static void make_request(void) {
  static const char before[] = "{\"model\":\"gpt-4o\",\"temperature\":0.7,\"max_tokens\":800,\"messages\":[{\"role\":\"system\","
                               "\"content\":\"You are a helpful assistant.\"},{\"role\":\"user\",\"content\":\"";
  const char *streamed = ask.mode == STREAMS ? "\"stream_options\":{\"include_usage\":true},\"stream\":true" : "\"stream\":false";
  char after[256];
  int tail = snprintf(after, sizeof after, "\"}],%s,\"user\":\"bench:size=%d,chunks=%d,interval=%d\"}", streamed, ask.answer_bytes,
                      ask.chunks, ask.interval_us);
  char *body = must(malloc((size_t)ask.body_bytes + sizeof before + sizeof after));
  int n = sizeof before - 1;
  memcpy(body, before, sizeof before - 1);
  for (; n + tail < ask.body_bytes; n++) body[n] = n % 6 ? (char)('a' + n % 25) : ' ';
  memcpy(body + n, after, (size_t)tail);
  n += tail;
  request = must(malloc(sizeof REQUEST_HEAD + 32 + (size_t)n));
  int head = sprintf(request, REQUEST_HEAD, ask.port, n);
  memcpy(request + head, body, (size_t)n);
  request_bytes = (size_t)(head + n);
  free(body);
}

static int mode_of(const char *name) {
  static const char *const names[] = {"closed", "open", "streams"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(name, names[i])) return i;
  fprintf(stderr, "loadgen: --mode %s is none of closed, open, streams\n", name);
  exit(2);
}

static void read_options(int argc, char **argv) {
  if (argc % 2 == 0) fprintf(stderr, "loadgen: %s has no value\n", argv[argc - 1]), exit(2);
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--port")) ask.port = atoi(value);
    else if (!strcmp(name, "--mode")) ask.mode = (enum mode)mode_of(value);
    else if (!strcmp(name, "--conns")) ask.conns = atoi(value);
    else if (!strcmp(name, "--secs")) ask.seconds = atof(value);
    else if (!strcmp(name, "--warm")) ask.warm_seconds = atof(value);
    else if (!strcmp(name, "--rate")) ask.rate = atof(value);
    else if (!strcmp(name, "--body")) ask.body_bytes = atoi(value);
    else if (!strcmp(name, "--size")) ask.answer_bytes = atoi(value);
    else if (!strcmp(name, "--chunks")) ask.chunks = atoi(value);
    else if (!strcmp(name, "--interval-us")) ask.interval_us = atoi(value);
    else fprintf(stderr, "loadgen: unknown option %s\n", name), exit(2);
  }
  int sane = ask.conns > 0 && ask.conns <= CONNS_MAX && ask.seconds > 0 && ask.warm_seconds >= 0 && ask.rate >= 1 &&
             ask.seconds + ask.warm_seconds <= SECONDS_MAX && ask.body_bytes >= 0 && ask.body_bytes <= BODY_BYTES_MAX;
  if (!sane) fprintf(stderr, "loadgen: an option is out of range (see the constants in loadgen.c)\n"), exit(2);
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  alarm(SECONDS_MAX * 2);
  make_request();
  conns = must(calloc((size_t)ask.conns, sizeof *conns));
  idle = must(calloc((size_t)ask.conns, sizeof *idle));
  waiting = must(malloc(WAITING_MAX * sizeof *waiting));
  epoll_fd = epoll_create1(0);
  start_ns = monotonic_ns();
  counted_from_ns = start_ns + (uint64_t)(ask.warm_seconds * (double)NS_PER_SECOND);
  end_ns = counted_from_ns + (uint64_t)(ask.seconds * (double)NS_PER_SECOND);
  begin_all();
  run();
  report();
  return 0;
}
