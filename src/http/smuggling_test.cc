// SPDX-License-Identifier: Apache-2.0
// Requests that two servers could read in two ways: none is read in any. Each is followed by a
// second request, which must not be answered.
#include <gmock/gmock.h>

#include "http/http_testonly.h"

namespace aozora::http {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view bytes;
  int status;
};

constexpr std::string_view kNext = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n";

#define POST "POST /outer HTTP/1.1\r\nHost: x\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

const Case kCases[] = {
    {"LengthAndChunked", POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
     400},
    {"ChunkedAndLength", POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"sv,
     400},
    {"TwoLengths", POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345"sv, 400},
    {"TheSameLengthTwice", POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345"sv, 400},
    {"ListOfLengths", POST "Content-Length: 5, 5\r\n\r\n12345"sv, 400},
    {"SignedLength", POST "Content-Length: +5\r\n\r\n12345"sv, 400},
    {"NegativeLength", POST "Content-Length: -5\r\n\r\n"sv, 400},
    {"HexadecimalLength", POST "Content-Length: 0x5\r\n\r\n12345"sv, 400},
    {"LengthWithSpaceInside", POST "Content-Length: 1 2\r\n\r\n12345"sv, 400},
    {"EmptyLength", POST "Content-Length: \r\n\r\n"sv, 400},
    {"LengthThatOverflows", POST "Content-Length: 18446744073709551621\r\n\r\n12345"sv, 400},
    {"SpaceBeforeColon", POST "Content-Length : 5\r\n\r\n12345"sv, 400},
    {"TabBeforeColon", POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"Folded", POST "X: a\r\n b\r\n\r\n"sv, 400},
    {"FoldedFirstLine", "POST /outer HTTP/1.1\r\n Host: x\r\n\r\n"sv, 400},
    {"FoldedTransferEncoding", POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"BareLineFeeds", "POST /outer HTTP/1.1\nHost: x\n\n"sv, 400},
    {"OneBareLineFeed", POST "X: a\nContent-Length: 5\r\n\r\n12345"sv, 400},
    {"BareCarriageReturn", POST "X: a\rContent-Length: 5\r\n\r\n12345"sv, 400},
    {"Nul", POST "X: a\0b\r\n\r\n"sv, 400},
    {"NulInName", POST "X\0: a\r\n\r\n"sv, 400},
    {"ControlCharacter", POST "X: a\x01\r\n\r\n"sv, 400},
    {"Delete", POST "X: a\x7f\r\n\r\n"sv, 400},
    {"VerticalTab", POST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"NoName", POST ": a\r\n\r\n"sv, 400},
    {"NoColon", POST "X\r\n\r\n"sv, 400},
    {"SpaceInName", POST "X Y: a\r\n\r\n"sv, 400},
    {"QuotedName", POST "\"Content-Length\": 5\r\n\r\n12345"sv, 400},
    {"ChunkedTwice", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"ChunkedInTwoFields",
     POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"ChunkedNotLast", POST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"sv, 400},
    {"ChunkedQuoted", POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"sv, 400},
    {"ChunkedWithMore", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"EmptyCoding", POST "Transfer-Encoding: \r\n\r\n0\r\n\r\n"sv, 400},
    {"UnknownCoding", POST "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n"sv, 501},
    {"IdentityCoding", POST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"sv, 501},
    {"ChunkedInHttp10",
     "POST /outer HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"ChunkWithoutSize", CHUNKED "\r\n\r\n"sv, 400},
    {"ChunkOfNoNumber", CHUNKED "x\r\n\r\n"sv, 400},
    {"ChunkWithSign", CHUNKED "+5\r\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkWithPrefix", CHUNKED "0x5\r\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkWithNegativeSize", CHUNKED "-1\r\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkThatOverflows", CHUNKED "10000000000000005\r\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkWithBlank", CHUNKED "5 \r\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkWithLeadingBlank", CHUNKED " 5\r\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkLongerThanItsSize", CHUNKED "5\r\n123456\r\n0\r\n\r\n"sv, 400},
    {"ChunkLineFeed", CHUNKED "5\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkEndLineFeed", CHUNKED "5\r\n12345\n0\r\n\r\n"sv, 400},
    {"ChunkExtensionLineFeed", CHUNKED "5;a\n12345\r\n0\r\n\r\n"sv, 400},
    {"ChunkExtensionCarriageReturn", CHUNKED "5;a\rb\r\n12345\r\n0\r\n\r\n"sv, 400},
    {"TrailerWithoutColon", CHUNKED "0\r\nx\r\n\r\n"sv, 400},
    {"TrailerFolded", CHUNKED "0\r\nX: y\r\n z\r\n\r\n"sv, 400},
    {"NoHost", "POST /outer HTTP/1.1\r\n\r\n"sv, 400},
    {"TwoHosts", POST "Host: y\r\n\r\n"sv, 400},
    {"HostWithPath", "POST /outer HTTP/1.1\r\nHost: x/y\r\n\r\n"sv, 400},
    {"HostWithUser", "POST /outer HTTP/1.1\r\nHost: u@x\r\n\r\n"sv, 400},
    {"AnotherAuthority", "POST http://y/outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"AuthorityWithUser", "POST http://u@x/outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"NoAuthority", "POST http:///outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"AnotherScheme", "POST ftp://x/outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"AuthorityForm", "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"AsteriskForGet", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"NoSlash", "POST outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"Fragment", "POST /outer#x HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"BytesInTarget", "POST /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"TwoSpaces", "POST  /outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"SpaceInTarget", "POST /out er HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"TabInRequestLine", "POST\t/outer\tHTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"LeadingSpace", " POST /outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"SpaceAfterVersion", "POST /outer HTTP/1.1 \r\nHost: x\r\n\r\n"sv, 400},
    {"Http09", "GET /outer\r\n\r\n"sv, 400},
    {"LowerCaseVersion", "POST /outer http/1.1\r\nHost: x\r\n\r\n"sv, 400},
    {"LongVersion", "POST /outer HTTP/1.10\r\nHost: x\r\n\r\n"sv, 400},
    {"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv, 505},
    {"TlsHello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc"sv, 400},
};

std::string NameOf(const testing::TestParamInfo<Case>& tested) { return tested.param.name; }

class SmugglingTest : public ServerTest, public testing::WithParamInterface<Case> {
 protected:
  SmugglingTest() {
    const auto answer = [this](Request&) {
      ++answered_;
      return Response::Empty(200);
    };
    router_.Add(Method::kPost, "/outer", {.name = "outer", .body = BodyKind::kAny}, answer);
    router_.Add(Method::kGet, "/inner", {.name = "inner"}, answer);
  }
  std::atomic<int> answered_{0};
};

TEST_P(SmugglingTest, IsRefusedAndTheConnectionEnds) {
  Start();
  RawClient client(server_->port());
  client.Send(std::string(GetParam().bytes) + std::string(kNext));
  const TestAnswer answer = client.Receive();
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.Header("Connection"), "close");
  client.ShutdownWrite();
  EXPECT_EQ(client.ReceiveUntil("never"), "");
  EXPECT_EQ(answered_, 0);
}

INSTANTIATE_TEST_SUITE_P(Requests, SmugglingTest, testing::ValuesIn(kCases), NameOf);

// The other half of each rule: what looks odd and has one meaning is served.
class OddRequestTest : public SmugglingTest {};

TEST_P(OddRequestTest, IsAnsweredAndSoIsTheNext) {
  Start();
  RawClient client(server_->port());
  client.Send(std::string(GetParam().bytes) + std::string(kNext));
  EXPECT_EQ(client.Receive().status, GetParam().status);
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_EQ(answered_, 2);
}

const Case kOddCases[] = {
    {"AbsoluteForm", "POST http://x/outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 200},
    {"AbsoluteFormInOtherCase", "POST HTTP://X/outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 200},
    {"EmptyHost", "POST /outer HTTP/1.1\r\nHost:\r\n\r\n"sv, 200},
    {"HostWithPort", "POST /outer HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"sv, 200},
    {"NamesInOtherCase", "POST /outer HTTP/1.1\r\nhOST: x\r\ncontent-LENGTH: 1\r\n\r\n1"sv, 200},
    {"LeadingZeros", POST "Content-Length: 0005\r\n\r\n12345"sv, 200},
    {"ChunkedInOtherCase", POST "Transfer-Encoding:CHUNKED \r\n\r\n0\r\n\r\n"sv, 200},
    {"LeadingZerosInChunk", CHUNKED "0005\r\n12345\r\n000\r\n\r\n"sv, 200},
    {"ChunkExtension", CHUNKED "5 ; a=\"b;c\"\r\n12345\r\n0;x\r\n\r\n"sv, 200},
    {"Trailer", CHUNKED "0\r\nContent-Length: 7\r\nX: y\r\n\r\n"sv, 200},
    {"NoSpaceAfterColon", POST "X:a\r\n\r\n"sv, 200},
    {"EmptyValue", POST "X:\r\n\r\n"sv, 200},
    {"BytesInValue", POST "X: \xc3\xa9\xff\r\n\r\n"sv, 200},
    {"EmptyLineBefore", "\r\nPOST /outer HTTP/1.1\r\nHost: x\r\n\r\n"sv, 200},
};

INSTANTIATE_TEST_SUITE_P(Requests, OddRequestTest, testing::ValuesIn(kOddCases), NameOf);

}  // namespace
}  // namespace aozora::http
