#pragma once

namespace madang::platform {
class house;
}

// Businesses (사업자등록). Register: businesses. Certificates by pack alone.
namespace madang::businesses {

void join(platform::house& house);

}  // namespace madang::businesses
