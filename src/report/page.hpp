#pragma once

#include <initializer_list>
#include <string_view>

#include "report/html.hpp"

/// The page of opcache:report: its template, style and script, which are files in page/.
namespace cachetool::report {

/// The whole page. It needs nothing from anywhere: a policy in it forbids every request, and every script and style
/// but its own.
html page(std::string_view title, html const& summary, html const& parts);

/// The part of one php-fpm; page/part.html names the slots.
html page_part(std::initializer_list<slot> slots);

}  // namespace cachetool::report
