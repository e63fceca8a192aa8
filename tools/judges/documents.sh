#!/bin/sh
# Foreign programs judge the papers we print: documents.sh NAME SAMPLES_FOLDER SOURCE_FOLDER
# NAME: preflight | pdfsig | mutool | text | code | browser. Exit 77 (CTest SKIP_RETURN_CODE) when
# the program is not here.
set -u
name=$1 samples=$2 source=$3
java=/usr/share/java

need() {  # program, package
  command -v "$1" >/dev/null 2>&1 || { echo "skip: no $1 (package $2)"; exit 77; }
}
fail() { echo "FAILED: $*"; exit 1; }

judge_preflight() {
  need java default-jre-headless
  path=
  for jar in preflight pdfbox2 fontbox2 xmpbox commons-logging commons-io javax.activation \
    jaxb-api; do
    [ -f $java/$jar.jar ] ||
      need "$java/$jar.jar" "libpdfbox2-java, libactivation-java, libjaxb-api-java"
    path=$path:$java/$jar.jar
  done
  java -cp "$path" "$source/tools/judges/Preflight.java" "$samples"/*.pdf
  [ $? -eq 0 ] || fail "Preflight"
}

judge_pdfsig() {
  need pdfsig poppler-utils
  for pdf in "$samples"/*.pdf; do
    said=$(pdfsig "$pdf" 2>&1)
    echo "$said" | grep -q "Signature is Valid" || fail "$pdf: $said"
    echo "$said" | grep -q "Total document signed" || fail "$pdf: $said"
    echo "$said" | grep -q "ETSI.CAdES.detached" || fail "$pdf: $said"
  done
  # And it must notice a changed letter, or it judges nothing.
  sed 's/MadangIssue(2026-1123-000123)/MadangIssue(2026-1123-000124)/' \
    "$samples/land-register.pdf" > "$samples/changed.tmp"
  pdfsig "$samples/changed.tmp" 2>&1 | grep -q "Signature is Valid" &&
    fail "pdfsig accepts a change"
  rm "$samples/changed.tmp"
}

judge_mutool() {
  need mutool mupdf-tools
  for pdf in "$samples"/*.pdf; do
    mutool sign -v "$pdf" 2>&1 | grep -q "unchanged since signing" || fail "$pdf"
    # Debian builds it without colour management, and it says so each time.
    complaints=$(mutool draw -q -o /dev/null "$pdf" 2>&1 | grep -v "ICC support is not available")
    [ -z "$complaints" ] || fail "$pdf: $complaints"
  done
}

judge_text() {
  need pdftotext poppler-utils
  find_in() {
    pdftotext "$samples/$1.pdf" - | grep -q -- "$2" || fail "$1: no '$2'"
  }
  find_in resident-certificate '주민등록표 (등본)'
  find_in resident-certificate '박쀼쀼'
  find_in resident-abstract '李恩瑞'
  find_in family-relation '가족관계증명서'
  find_in land-register '330.5 ㎡'
  find_in vehicle-register '한별모터스'
  find_in business-registration '동대문세무서장'
  find_in english 'Mayor of Jongno-gu'
  for one in resident-certificate resident-abstract family-relation land-register \
      vehicle-register business-registration english; do
    [ "$(pdfinfo "$samples/$one.pdf" | sed -n 's/^Pages: *//p')" = 1 ] ||
      fail "$one: more than a page"
  done
  [ "$(pdfinfo "$samples/long.pdf" | sed -n 's/^Pages: *//p')" = 4 ] || fail "long: pages"
  pdfinfo "$samples/land-register.pdf" | grep -q '^Title: *토지대장' || fail "title"
  pdffonts "$samples/land-register.pdf" | grep -q 'yes yes yes' ||
    fail "font not embedded, subset, Unicode"
}

judge_code() {
  need pdftoppm poppler-utils
  need zbarimg zbar-tools
  for pdf in "$samples"/*.pdf; do
    stem=${pdf%.pdf}
    pages=$(pdfinfo "$pdf" | sed -n 's/^Pages: *//p')
    pdftoppm -r 150 -f "$pages" -l "$pages" -singlefile -png "$pdf" "$stem.page"
    read_text=$(zbarimg -q --raw -Sdisable -Sqrcode.enable "$stem.page.png" 2>/dev/null)
    rm "$stem.page.png"
    [ "$read_text" = "$(cat "$stem.code")" ] || fail "$pdf: read '$read_text'"
  done
}

judge_browser() {
  need node nodejs
  for place in "$source/web/node_modules" "$source/web/islands/node_modules" ${NODE_PATH:-}; do
    [ -d "$place/typescript" ] && found=$place
  done
  [ -n "${found:-}" ] || { echo "skip: no typescript (npm install in web/)"; exit 77; }
  NODE_PATH=$found MADANG_SAMPLES=$samples \
    node --test "$source/web/islands/test/paper-code.test.mjs" || fail "paper-code.ts"
}

[ -d "$samples" ] || fail "no samples in $samples"
judge_"$name"
echo "ok: $name"
