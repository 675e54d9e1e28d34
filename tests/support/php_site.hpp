#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace cachetool::test {

/// A web site of our own on 127.0.0.1, served by PHP's built-in web server, for as long as the object lives. OPcache is
/// on.
class php_site {
 public:
  /// ROUTER is PHP code that answers each request, or returns false to have the file served that the request names.
  explicit php_site(std::string_view router = "return false;");

  /// Why there is none on this machine; nothing if there is.
  static std::optional<std::string> missing();

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string document_root() const { return directory_ / "www"; }

  /// How many files lie in the document root.
  [[nodiscard]] std::size_t files() const;

 private:
  temp_dir directory_;
  int port_;
  std::optional<child_process> child_;
};

}  // namespace cachetool::test
