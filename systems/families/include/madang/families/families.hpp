#pragma once

namespace madang::platform {
class house;
}

// The family relations register (가족관계등록). Register: families. Listens to residents.born: a birth
// that was accepted becomes an entry with its parents.
namespace madang::families {

void join(platform::house& house);

}  // namespace madang::families
