// The least that opcache:reset can cost: two FastCGI requests over a unix socket, by hand. The first has SCRIPT reset
// OPcache; the second asks SCRIPT for the number of restarts, which also makes PHP carry the restart out. Prints one
// line.
//
//   reset_floor SOCKET SCRIPT
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { begin_request = 1, end_request = 3, params = 4, stdin_stream = 5, stdout_stream = 6, header_size = 8 };

struct buffer {
  unsigned char bytes[4096];
  size_t size;
};

static void add_header(struct buffer* out, unsigned char type, size_t length) {
  unsigned char const header[header_size] = {1, type, 0, 1, (unsigned char)(length >> 8), (unsigned char)length, 0, 0};
  memcpy(out->bytes + out->size, header, sizeof header);
  out->size += sizeof header;
}

static void add_pair(struct buffer* out, char const* name, char const* value) {
  size_t const name_size = strlen(name), value_size = strlen(value);
  out->bytes[out->size++] = (unsigned char)name_size;
  out->bytes[out->size++] = (unsigned char)value_size;
  memcpy(out->bytes + out->size, name, name_size);
  memcpy(out->bytes + out->size + name_size, value, value_size);
  out->size += name_size + value_size;
}

static void encode(struct buffer* out, char const* script, char const* operation) {
  static unsigned char const responder[8] = {0, 1};
  out->size = 0;
  add_header(out, begin_request, sizeof responder);
  memcpy(out->bytes + out->size, responder, sizeof responder);
  out->size += sizeof responder;
  struct buffer pairs = {.size = 0};
  add_pair(&pairs, "REQUEST_METHOD", "GET");
  add_pair(&pairs, "SCRIPT_FILENAME", script);
  add_pair(&pairs, "FLOOR_OPERATION", operation);
  add_header(out, params, pairs.size);
  memcpy(out->bytes + out->size, pairs.bytes, pairs.size);
  out->size += pairs.size;
  add_header(out, params, 0);
  add_header(out, stdin_stream, 0);
}

// Returns the body of the answer, which fits into IN with all around it, or NULL.
static char* exchange(char const* socket_path, struct buffer const* request, struct buffer* in) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, socket_path, sizeof address.sun_path - 1);
  int const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) return NULL;
  if (write(fd, request->bytes, request->size) != (ssize_t)request->size) return NULL;
  in->size = 0;
  ssize_t count;
  while ((count = read(fd, in->bytes + in->size, sizeof in->bytes - 1 - in->size)) > 0) in->size += (size_t)count;
  close(fd);
  if (in->size < header_size || in->bytes[1] != stdout_stream) return NULL;
  size_t const length = (size_t)in->bytes[4] << 8 | in->bytes[5];
  if (header_size + length > in->size) return NULL;
  in->bytes[header_size + length] = '\0';
  char* body = strstr((char*)in->bytes + header_size, "\r\n\r\n");
  return body == NULL ? NULL : body + 4;
}

int main(int argc, char* argv[]) {
  if (argc != 3 || strlen(argv[2]) > 127) return 2;
  struct buffer request, answer;
  encode(&request, argv[2], "reset");
  char const* body = exchange(argv[1], &request, &answer);
  if (body == NULL || *body != '1') return 1;
  encode(&request, argv[2], "status");
  body = exchange(argv[1], &request, &answer);
  if (body == NULL) return 1;
  printf("OPcache reset, %s restarts\n", body);
  return 0;
}
