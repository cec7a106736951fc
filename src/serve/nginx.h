// The same answers from nginx, as a configuration to print. Spec: docs/formats.md "A copy over HTTP".
#pragma once

#include <string>

#include "serve/server.h"

namespace muniment {

/// For the http { } part of nginx's configuration. It has the tokens in it, and takes uploads where one of them is for
/// sending; nginx needs its module dav for that, which Debian's has. Errors: `invalid` for a path that cannot be
/// written there.
Result<std::string> nginx_configuration(const ServeSettings& settings);

}  // namespace muniment
