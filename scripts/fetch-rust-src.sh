#!/usr/bin/env bash
# Unpacks Debian's package rust-src of exactly version $1 into target/rust-src. Nothing is installed and the system's
# package lists stay as they are: apt runs on a private folder. No root needed.
. "$(dirname "$0")/lib.sh"

release=$1
SUITE=trixie-backports # carries each of the last few Rust releases
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg
home=$ROOT/target/rust-src

{ have apt-get && have dpkg-deb && grep -qx 'ID=debian' /etc/os-release; } || exit 1

# The mirror this machine already uses, in whichever format its sources are written. Security has other contents.
# shellcheck disable=SC2016 # apt fills that in, not the shell
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v -- '-security/*$' | head -n 1)
[ -n "$mirror" ] || exit 1

rm -rf "$home"
mkdir -p "$home/apt/lists/partial" "$home/apt/archives/partial" "$home/apt/parts"
trap 'rm -rf "$home/apt"' EXIT
signed=""
[ ! -r "$KEYS" ] || signed="[signed-by=$KEYS] "
echo "deb $signed$mirror $SUITE main" >"$home/apt/sources.list"
apt=(
  -q -o "Dir::Etc::SourceList=$home/apt/sources.list" -o "Dir::Etc::SourceParts=$home/apt/parts"
  -o "Dir::State=$home/apt" -o "Dir::Cache=$home/apt"
  # The sandbox user could not read a checkout in someone's home; what is fetched is signed.
  -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
)

quietly_try apt-get "${apt[@]}" update || exit 1
version=$(apt-cache "${apt[@]}" madison rust-src | awk -v want="$release" '$3 ~ "^" want "[+-]" { print $3; exit }')
[ -n "$version" ] || { say "Debian's $SUITE has no rust-src $release"; exit 1; }

say "fetching the source of Rust's standard library, rust-src $version"
cd "$home/apt/archives" || exit 1
quietly apt-get "${apt[@]}" download "rust-src=$version"
dpkg-deb -x ./*.deb "$home"
