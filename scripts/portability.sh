#!/usr/bin/env bash
# Shows that results are bit-equal from platform to platform: digests of batches of 500 replications under seed 1.
#
#   scripts/portability.sh          a small program on the portable library, built and run four ways:
#                                   x86-64; x86-64 with the C library's AVX2 and FMA paths masked; aarch64 under qemu;
#                                   wasm32-unknown-unknown under node
#   scripts/portability.sh masked   the release binary alone, as it is and masked, on every scenario of the golden file;
#                                   needs nothing but cargo
#
# Every way must agree with the first, and that with tests/golden/digests.txt. Exit: 0 all equal, 1 something differs or does
# not run, 2 wrong call, something missing or not building.
#
# The full run needs, for each foreign target, a rustc on the PATH that has its standard library (rustup target add ...), or,
# for wasm32, the library's source. On Debian 12 the packages of bookworm-security do:
#   dpkg --add-architecture arm64 && apt-get update
#   apt-get install --no-install-recommends rustc-web rust-web-src lld-16 libstd-rust-web-dev:arm64 \
#       gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static nodejs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly GOLDEN=tests/golden/digests.txt
# Old and new names of the same two features; the C library passes over names it does not know.
readonly MASK=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable
readonly LINE='^[a-z0-9-]+\.toml [0-9a-f]{64}$'

failed=0

say() { printf '%s\n' "$*"; }
die() {
    printf 'portability: %s\n' "$*" >&2
    exit 2
}

# The processor features the dynamic loader of a program finds usable, as its own listing; empty where it cannot say.
features() {
    local loader
    loader=$(ldd "$1" 2>/dev/null | sed -nE 's/^[[:space:]]*(\/[^ ]*ld-linux[^ ]*).*/\1/p') || true
    if [[ -n $loader ]]; then
        "$loader" --list-diagnostics 2>/dev/null | grep -E '^x86\.cpu_features\..*active' || true
    fi
}

# Says so where masking would show nothing.
check_mask() {
    local plain masked
    plain=$(features "$1")
    masked=$(GLIBC_TUNABLES=$MASK features "$1")
    if [[ -z $plain ]]; then
        say "note: this C library does not list its processor features; whether the mask takes effect is not known"
    elif [[ $plain == "$masked" ]]; then
        say "note: the mask changes nothing on this machine (no AVX2 or FMA, or a C library without tunables)"
    fi
}

# leg NAME COMMAND...: runs a command and keeps its lines, which must be digests and nothing else.
leg() {
    local name=$1 began=$SECONDS
    shift
    if ! "$@" >"$out/$name"; then
        say "FAILED    $name: did not run to its end"
        failed=1
    elif [[ ! -s $out/$name ]] || grep -Evq "$LINE" "$out/$name"; then
        say "FAILED    $name: what it printed is not a list of digests:"
        sed 's/^/          /' "$out/$name"
        failed=1
    else
        say "ran       $name ($((SECONDS - began)) s)"
    fi
}

# same EXPECTED FOUND WHAT: compares two lists of digests.
same() {
    if diff "$1" "$2" >"$out/difference"; then
        say "same      $3"
    else
        say "DIFFERENT $3 (< expected, > found):"
        grep '^[<>]' "$out/difference" | sed 's/^/          /'
        failed=1
    fi
}

finish() {
    if ((failed)); then
        say "portability: NOT equal"
        exit 1
    fi
    say "portability: all equal"
}

# Digests of the release binary for every scenario of the golden file.
binary_digests() {
    local name digest
    while read -r name _; do
        # The document is indented by two: only its own digest stands there, not the scenario's.
        digest=$("$1" --quiet run "scenarios/$name" -n 500 --seed 1 --format json | sed -nE 's/^  "digest": "(.*)",?$/\1/p')
        printf '%s %s\n' "$name" "$digest"
    done <"$GOLDEN"
}

masked() {
    [[ -s $GOLDEN ]] || die "$GOLDEN is missing: BLESS=1 cargo test writes it"
    local target=${CARGO_TARGET_DIR:-target}
    CARGO_TARGET_DIR=$target cargo build --release || die "the release binary does not build"
    out=$target/portability-out
    mkdir -p "$out"
    local binary=$target/release/handover
    check_mask "$binary"
    leg x86-64 binary_digests "$binary"
    GLIBC_TUNABLES=$MASK leg x86-64-masked binary_digests "$binary"
    same "$GOLDEN" "$out/x86-64" "x86-64 and the golden file, $(wc -l <"$GOLDEN") scenarios"
    same "$GOLDEN" "$out/x86-64-masked" "x86-64-masked and the golden file"
    finish
}

# The first compiler on the path for which a test holds: with_library TARGET or with_source.
compiler() {
    local rustc
    while read -r rustc; do
        if "$@" "$rustc"; then
            printf '%s\n' "$rustc"
            return
        fi
    done < <(type -aP rustc)
    return 1
}
with_library() { compgen -G "$("$2" --print target-libdir --target "$1" 2>/dev/null)/libcore-*.rlib" >/dev/null; }
with_source() { [[ -f "$("$1" --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]]; }

# build TARGET RUSTC ARGUMENT...
build() {
    local target=$1 rustc=$2 began=$SECONDS
    shift 2
    RUSTC=$rustc cargo build --quiet --release --manifest-path scripts/portability/Cargo.toml --target "$target" "$@" ||
        die "does not build for $target"
    say "built     $target with $("$rustc" --version) ($((SECONDS - began)) s)"
}

full() {
    [[ $(uname -m) == x86_64 ]] || die "starts from an x86-64 machine"
    local missing=() tool arm_rustc wasm_rustc wasm_linker wasm_std=()
    for tool in aarch64-linux-gnu-gcc qemu-aarch64-static node; do
        type -P "$tool" >/dev/null || missing+=("$tool")
    done
    arm_rustc=$(compiler with_library aarch64-unknown-linux-gnu) || missing+=("a rustc with aarch64-unknown-linux-gnu")
    if ! wasm_rustc=$(compiler with_library wasm32-unknown-unknown); then
        wasm_std=(-Zbuild-std=std,panic_abort)
        wasm_rustc=$(compiler with_source) || missing+=("a rustc with wasm32-unknown-unknown or the library's source")
        wasm_linker=$(compgen -c wasm-ld | head -n 1) || true
        [[ -n $wasm_linker ]] || missing+=("wasm-ld")
    fi
    if ((${#missing[@]})); then
        printf 'portability: missing: %s\n' "${missing[@]}" >&2
        die "the head of this script says where to get them"
    fi

    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/portability
    out=$CARGO_TARGET_DIR/out
    mkdir -p "$out"
    # The same versions of everything as the main package.
    cp Cargo.lock scripts/portability/Cargo.lock

    local host=x86_64-unknown-linux-gnu arm=aarch64-unknown-linux-gnu wasm=wasm32-unknown-unknown
    build "$host" "$(type -P rustc)"
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc build "$arm" "$arm_rustc"
    if ((${#wasm_std[@]})); then
        # Building the standard library from source is an unstable option of cargo; the results use nothing unstable.
        RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$wasm_linker \
            build "$wasm" "$wasm_rustc" --lib "${wasm_std[@]}"
    else
        build "$wasm" "$wasm_rustc" --lib
    fi

    local binary=$CARGO_TARGET_DIR/$host/release/digests
    check_mask "$binary"
    leg x86-64 "$binary"
    GLIBC_TUNABLES=$MASK leg x86-64-masked "$binary"
    leg aarch64 qemu-aarch64-static -L "$(arm_root)" "$CARGO_TARGET_DIR/$arm/release/digests"
    leg wasm32 node scripts/portability/run.mjs "$CARGO_TARGET_DIR/$wasm/release/portability.wasm"

    sed 's/^/          /' "$out/x86-64"
    local way
    for way in x86-64-masked aarch64 wasm32; do
        same "$out/x86-64" "$out/$way" "$way and x86-64"
    done
    if [[ -s $GOLDEN ]]; then
        awk 'NR == FNR { wanted[$1]; next } $1 in wanted' "$out/x86-64" "$GOLDEN" >"$out/golden"
        same "$out/golden" "$out/x86-64" "x86-64 and the golden file, $(wc -l <"$out/x86-64") scenarios"
    else
        say "note: no $GOLDEN; compared with each other only"
    fi
    finish
}

# Where the cross compiler keeps its C library.
arm_root() { (cd "$(dirname "$(aarch64-linux-gnu-gcc -print-file-name=libc.so.6)")/.." && pwd); }

case "${1-full}" in
full) full ;;
masked) masked ;;
*) die "usage: scripts/portability.sh [masked]" ;;
esac
