#pragma once

#include <string>
#include <string_view>

#include "base/unique_fd.hpp"

namespace cachetool::adapter {

/// The agent in a document root, under a name that nobody can guess: "cachetool-<32 hex digits>.php". The destructor
/// removes it. The constructor first removes what killed runs left there more than an hour ago.
class web_file {
 public:
  /// Throws error: usage if there is no such directory, placement if the file cannot be made.
  web_file(std::string const& directory, std::string_view content);
  web_file(web_file const&) = delete;
  web_file& operator=(web_file const&) = delete;
  ~web_file();

  [[nodiscard]] std::string const& name() const noexcept { return name_; }

 private:
  base::unique_fd directory_;
  base::unique_fd file_;  // locked while it is in use
  std::string name_;
};

}  // namespace cachetool::adapter
