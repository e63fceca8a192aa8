#include "madang/notices/notices.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace madang::notices {
namespace {

TEST(the_message_box, tells_each_thing_once_and_to_its_reader_only) {
  auto folder = std::filesystem::temp_directory_path() / ("n" + new_id().str());
  {
    store::database db({folder.string(), "notices", 2, false});
    box b(db);
    id kim = new_id(), lee = new_id();
    notice n{{}, kim, "", {"수리되었습니다", "Accepted"}, {}, "/cases/1", "2026-1", {}, {}};
    b.put(n, "event-1");
    b.put(n, "event-1");
    b.put({{}, {}, "1101072", {"전출", "Moved away"}, {}, "", "2026-1", {}, {}}, "event-1");
    ASSERT_EQ(b.of_person(kim).size(), 1u);
    EXPECT_EQ(b.of_person(kim)[0].title("ko"), "수리되었습니다");
    EXPECT_EQ(b.of_office("1101072").size(), 1u);
    EXPECT_TRUE(b.of_person(id{}).empty()) << "an office's notice is nobody's";
    EXPECT_FALSE(b.mark_read(b.of_person(kim)[0].key, lee));
    EXPECT_EQ(b.unread(kim), 1);
    EXPECT_TRUE(b.mark_read(b.of_person(kim)[0].key, kim));
    EXPECT_EQ(b.unread(kim), 0);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace madang::notices
