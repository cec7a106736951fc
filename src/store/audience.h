// Who may be given an object of a copy over a network. Spec: docs/formats.md "A copy over HTTP".
#pragma once

#include <string_view>

#include "store/store.h"

namespace muniment {

enum class Audience {
  everybody,
  token_holders,  // what opens a deposit, sealed: whoever has it waits for a key
  nobody,         // what belongs to the machine, what is not in the log yet, and what is no part of a copy
};

Audience audience_of(const ObjectName& name);

/// Where a depositor's token may create objects.
bool is_incoming(const ObjectName& name);

/// True when the bytes under this name never change once they are there.
bool is_immutable(const ObjectName& name);

}  // namespace muniment
