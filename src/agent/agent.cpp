#include "agent/agent.hpp"

#include <algorithm>
#include <charconv>

#include "agent/php_messages.hpp"
#include "base/random_hex.hpp"
#include "base/text.hpp"

namespace cachetool::agent {
namespace {

constexpr std::uint64_t max_streamed_piece = std::uint64_t{16} << 20;
constexpr std::uint64_t max_held_piece = std::uint64_t{32} << 20;  // an answer is held as a whole, and then its values
constexpr std::size_t max_values = 400'000;                        // some 220 bytes each
constexpr std::size_t max_piece_header = 64;
constexpr std::size_t max_foreign = 2000;

std::string place(std::string_view file, std::int64_t line) {
  if (file.empty()) return {};
  if (php_messages::is_evaluated_code(file)) return " (line " + std::to_string(line) + " of the code)";
  return " (" + std::string(file) + ":" + std::to_string(line) + ")";
}

// Such an answer is not held: in memory it takes several times its length.
error too_large(std::string const& bound) {
  return error(error_kind::protocol, "the answer is larger than " + bound + ", which is more than is held at once")
      .advise("have it return less: what code prints is shown as it comes");
}

error disabled(std::string const& function) {
  return error(error_kind::disabled, "the PHP function " + function + "() is disabled")
      .advise("take " + function +
              " out of disable_functions, in php.ini or in the pool's php_admin_value[disable_functions]")
      .blame_on(blame::function, function);
}

error refusal(std::string_view kind, std::string_view detail) {
  std::string const what(detail);
  if (kind == "extension_missing") {
    return error(error_kind::extension_missing, "the PHP extension " + what + " is not loaded")
        .advise("install it and enable it in the php.ini that this php-fpm reads, then restart php-fpm");
  }
  if (kind == "disabled") return disabled(what);
  if (kind == "pinned") {
    return error(error_kind::disabled, "this pool does not let scripts change " + what)
        .advise("take php_admin_value[" + what + "] out of the pool's configuration, and set " + what +
                " in php.ini instead")
        .blame_on(blame::setting, what);
  }
  if (kind == "apcu_off") {
    return error(error_kind::disabled, "APCu is off (" + what + "=0)")
        .advise("set " + what + "=1 in the php.ini that this PHP reads, and restart it if it is php-fpm")
        .blame_on(blame::setting, what);
  }
  if (kind == "restricted") {
    return error(error_kind::restricted, "opcache.restrict_api allows it only to scripts below " + what)
        .advise("let the agent lie there: --tmp-dir=" + base::shell_word(what) + ", or empty opcache.restrict_api");
  }
  if (kind == "opcache_off") {
    return error(error_kind::opcache_off, "OPcache is off")
        .advise("set opcache.enable=1 in the php.ini that this php-fpm reads, then restart php-fpm")
        .blame_on(blame::setting, "opcache.enable");
  }
  if (kind == "version") {
    return error(error_kind::placement, "the agent " + what + " is of another version than this program")
        .advise("install this program's agent: cachetool agent:install " + base::shell_word(what) +
                ", or put what cachetool agent:show prints there");
  }
  if (kind == "usage") return error(error_kind::usage, what);
  if (kind == "php_error") return error(error_kind::php_error, what);
  return error(error_kind::protocol, "the agent refused: " + what)
      .advise("is another version of the agent installed? see --agent");
}

error fatal_error(std::string_view text, std::string_view file, std::int64_t line) {
  if (auto missing = undefined_function(text)) return *missing;
  bool const memory = php_messages::is_out_of_memory(text);
  error failed(memory ? error_kind::memory_limit : error_kind::php_error,
               "PHP stopped with a fatal error: " + std::string(text) + place(file, line));
  if (memory) failed.advise("raise memory_limit for this pool (php_admin_value[memory_limit])");
  return failed;
}

error thrown_error(php::value const& thrown) {
  auto const at = thrown.entries();
  if (at.size() < 5) return error(error_kind::protocol, "the agent's answer is incomplete");
  return error(error_kind::php_error, "PHP threw " + std::string(at[4].item.as_string()) + ": " +
                                          std::string(at[1].item.as_string()) +
                                          place(at[2].item.as_string(), at[3].item.as_int()));
}

std::vector<note> read_notes(php::value const& list) {
  std::vector<note> notes;
  for (php::entry const& entry : list.entries()) {
    auto const fields = entry.item.entries();
    if (fields.size() < 4) continue;
    notes.push_back({fields[0].item.as_int(), std::string(fields[1].item.as_string()),
                     std::string(fields[2].item.as_string()), fields[3].item.as_int()});
  }
  return notes;
}

php::value decoded(std::string_view answer) {
  auto const whole = php::unserialize(answer, {.max_values = max_values, .max_text = max_held_piece});
  if (whole) return *whole;
  throw error(error_kind::protocol, "the agent's answer cannot be read: " + std::string(whole.failure().reason))
      .advise(
          "have it return less: what code prints is shown as it comes; or does an output handler of this pool change "
          "what scripts print?");
}

}  // namespace

std::optional<error> undefined_function(std::string_view text) {
  auto const name = php_messages::undefined_function(text);
  return name ? std::optional(disabled(*name)) : std::nullopt;
}

std::string describe(note const& what) {
  return what.message + place(what.file, what.line);
}

bool begins_an_agent(std::string_view text) noexcept {
  return text.starts_with("<?php\n// The agent: what php-fpm runs for cachetool.") ||
         text.starts_with("<?php\n// Stands before the agent in a document root.");
}

encoded_call encode(call const& what) {
  encoded_call out;
  out.nonce = base::random_hex();
  if (!what.arguments.is_null()) out.body = php::serialize(what.arguments);
  // The parameters that a web server sends, because code that runs before the agent may want them. Three are left out.
  // SCRIPT_NAME: in a pool with a doc_root PHP would open the script of that name below it (php-src
  // main/fopen_wrappers.c, php_fopen_primary_script()). DOCUMENT_ROOT would make PHP look for a .user.ini.
  // HTTP_ACCEPT_ENCODING would let it compress the answer.
  std::string const uri = "/cachetool?op=" + what.operation;
  out.params = {{"REQUEST_METHOD", out.body.empty() ? "GET" : "POST"},
                {"REQUEST_URI", uri},
                {"QUERY_STRING", "op=" + what.operation},
                {"GATEWAY_INTERFACE", "CGI/1.1"},
                {"SERVER_SOFTWARE", "cachetool"},
                {"SERVER_NAME", "localhost"},
                {"SERVER_ADDR", "127.0.0.1"},
                {"SERVER_PORT", "80"},
                {"SERVER_PROTOCOL", "HTTP/1.1"},
                {"REMOTE_ADDR", "127.0.0.1"},
                {"REMOTE_PORT", "9"},
                {"HTTP_HOST", "localhost"},
                {"HTTP_USER_AGENT", "cachetool"},
                {"CACHETOOL_OP", what.operation},
                {"CACHETOOL_NONCE", out.nonce}};
  if (!out.body.empty()) out.params.emplace_back("CONTENT_TYPE", "application/octet-stream");
  return out;
}

answer_reader::answer_reader(std::string nonce, text_sink rows, text_sink printed)
    : marker_("\n" + std::move(nonce) + " "), rows_(std::move(rows)), printed_(std::move(printed)) {}

void answer_reader::feed(std::string_view data) {
  pending_ += data;
  std::size_t used = 0;
  while (used < pending_.size()) {
    std::string_view const rest = std::string_view(pending_).substr(used);
    std::size_t const taken = piece_ != 0 ? take_payload(rest) : take_header(rest);
    if (taken == 0) break;
    used += taken;
  }
  pending_.erase(0, used);
}

// Looks for the header of the next piece, "\n<nonce> <type> <length>\n". Returns how many bytes of `rest` are done: up
// to and including a header, or those in which no header can begin any more.
std::size_t answer_reader::take_header(std::string_view rest) {
  std::size_t const at = rest.find(marker_);
  if (broken_ || at == std::string_view::npos) {
    std::size_t const done = rest.size() - std::min(rest.size(), marker_.size() - 1);
    keep_foreign(rest.substr(0, done));
    return done;
  }
  std::string_view const header = rest.substr(at + marker_.size(), max_piece_header);
  std::size_t const end = header.find('\n');
  if (end == std::string_view::npos && header.size() < max_piece_header) return 0;
  keep_foreign(rest.substr(0, at));
  if (!parse_header(header.substr(0, end))) {
    broken_ = true;  // it was changed on its way, so nothing after it can be trusted
    piece_ = 0;
    return at + marker_.size();
  }
  if (missing_ == 0) finish_piece();
  return at + marker_.size() + end + 1;
}

bool answer_reader::parse_header(std::string_view header) {
  if (header.size() < 3 || header[1] != ' ') return false;
  char const* const end = header.data() + header.size();
  auto const parsed = std::from_chars(header.data() + 2, end, missing_);
  piece_ = header[0];
  // Code that is run may throw away the first piece together with everything that is buffered. What it prints
  // afterwards is still its own.
  if (!std::exchange(began_, true) && piece_ != 'B' && printed_) keep_foreign(std::exchange(foreign_, {}));
  bool const is_number = parsed.ec == std::errc() && parsed.ptr == end;
  too_large_ = is_number && piece_ != 'S' && missing_ > max_held_piece;
  return is_number && !too_large_ && (piece_ != 'S' || missing_ <= max_streamed_piece);
}

std::size_t answer_reader::take_payload(std::string_view rest) {
  std::size_t const part = static_cast<std::size_t>(std::min<std::uint64_t>(missing_, rest.size()));
  payload_.append(rest.substr(0, part));
  missing_ -= part;
  if (missing_ == 0) finish_piece();
  return part;
}

void answer_reader::finish_piece() {
  switch (std::exchange(piece_, '\0')) {
    case 'B':
      break;
    case 'S':
      if (!rows_ || payload_.empty()) break;
      streamed_ = true;
      rows_(payload_);
      break;
    case 'A':
      answer_ = std::move(payload_);
      break;
    case 'F':
      fatal_ = std::move(payload_);
      break;
    default:
      broken_ = true;
  }
  payload_.clear();
}

void answer_reader::keep_foreign(std::string_view text) {
  if (began_ && printed_) {
    if (text.empty()) return;
    streamed_ = true;
    printed_(text);
    return;
  }
  std::size_t const most = printed_ ? max_streamed_piece : max_foreign;
  foreign_.append(text.substr(0, most - std::min(most, foreign_.size())));
}

void answer_reader::end() {
  if (piece_ != 0 || !printed_) return;
  keep_foreign(std::exchange(pending_, {}));
}

// What PHP said when it stopped, if that can be read.
void answer_reader::require_no_fatal_error() const {
  if (!fatal_ || answer_) return;
  auto const fatal = php::unserialize(*fatal_);
  if (!fatal || fatal->entries().size() < 4) return;
  auto const at = fatal->entries();
  throw fatal_error(at[1].item.as_string(), at[2].item.as_string(), at[3].item.as_int());
}

void answer_reader::require_whole_answer() const {
  if (too_large_) throw too_large(std::to_string(max_held_piece >> 20) + " MiB");
  if (answer_ && !broken_) return;
  bool const is_whole = piece_ == '\0' && !broken_;
  if (began_ && printed_ && is_whole) {
    throw error(error_kind::protocol, "PHP ended the request before the code returned, so its value cannot be shown")
        .advise(
            "leave out fastcgi_finish_request(), which does this, in the code and in what it includes; the code ran on "
            "after it");
  }
  throw error(error_kind::protocol,
              began_ ? "the agent's answer is cut short or was changed on its way" : "the answer is not the agent's")
      .advise("does an output handler or an auto_prepend_file of this pool change what scripts print?");
}

answer answer_reader::read_answer() {
  require_no_fatal_error();
  require_whole_answer();
  php::value const whole = decoded(*answer_);
  if (whole.has("refused")) {
    refused_over_ = whole["detail"].as_string();
    throw refusal(whole["refused"].as_string(), refused_over_);
  }
  if (whole.has("thrown")) throw thrown_error(whole["thrown"]);
  answer out;
  out.result = whole["result"];
  out.notes = read_notes(whole["notes"]);
  out.php_version = whole["php"].as_string();
  out.pool = whole["pool"].as_string();
  out.pid = whole["pid"].as_int();
  return out;
}

answer answer_reader::finish() {
  end();
  try {
    return read_answer();
  } catch (error& failed) {
    failed.during(phase::answer);
    throw;
  }
}

}  // namespace cachetool::agent
