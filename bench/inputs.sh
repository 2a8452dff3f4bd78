#!/bin/bash
# Makes the trees that bench/filesystems.cs measures with, each as a directory and as an uncompressed tar, and a root
# with the newest peers. Wants root, mmdebstrap, 40 GB of room and a near Debian mirror.
#
#     bench/inputs.sh DIRECTORY
#
#   server  a Debian server: some 25,000 files, 1 GB
#   large   the same with icons, documentation, compilers and headers unpacked into it: 350,000 files, 7 GB
#   crowd   100,000 files of a kilobyte in one directory
#   peers   Debian sid with the newest e2fsprogs, dosfstools, mtools, squashfs-tools, erofs-utils and systemd-repart
set -euo pipefail
into=${1:?usage: bench/inputs.sh DIRECTORY}
suite=bookworm
export SOURCE_DATE_EPOCH=1700000000
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
: "${mirror:=$(awk '$1 == "deb" { print $2; exit }' /etc/apt/sources.list)}"
mkdir -p "$into"
cd "$into"

server_packages=linux-image-cloud-amd64,systemd,systemd-sysv,udev,dbus,openssh-server,grub-pc-bin,grub-efi-amd64-bin,\
grub2-common,initramfs-tools,sudo,curl,ca-certificates,vim,python3,locales,netbase,iproute2,iputils-ping,rsync,cloud-init,\
nftables,git,perl,man-db,less,ifupdown,systemd-resolved,chrony,tmux,tcpdump,strace,gdb,postgresql,nginx,firmware-linux-free
many_files="papirus-icon-theme breeze-icon-theme faenza-icon-theme numix-icon-theme golang-1.19-src libboost1.81-dev
  libboost1.81-doc openjdk-17-doc qtbase5-doc-html ghc-doc libstdc++-12-doc linux-doc-6.1 llvm-14-dev libclang-14-dev gcc-12
  g++-12 cpp-12 rust-src linux-source-6.1 texlive-latex-extra texlive-fonts-extra fonts-noto-extra python3-sympy python3-django
  python3-scipy python3-numpy python3-botocore ansible node-typescript libjs-mathjax chromium firefox-esr
  libghc-pandoc-dev libwebkit2gtk-4.0-37"

if [ ! -d server ]; then
  mkdir server.new
  mmdebstrap --variant=important --mode=root --include="$server_packages" "$suite" - "deb $mirror $suite main" |
    tar --xattrs --xattrs-include='*' --numeric-owner -C server.new -xp
  find server.new/dev -mindepth 1 -delete
  mv server.new server
fi
if [ ! -d large ]; then
  rm -rf large.new archives
  cp -a server large.new
  mkdir archives
  for package in $many_files; do
    (cd archives && apt-get -q download "$package")
  done
  for archive in archives/*.deb; do
    dpkg -x "$archive" large.new
  done
  mv large.new large
fi
if [ ! -d crowd ]; then
  mkdir crowd.new
  (cd crowd.new && seq -f 'file-%06.0f' 0 99999 | awk '{ for (i = 0; i < 64; i++) printf "%s\n", $0 > $0; close($0) }')
  mv crowd.new crowd
fi
for tree in server large crowd; do
  [ -f "$tree.tar" ] || tar --sort=name --format=posix --pax-option=delete=atime,delete=ctime --xattrs --xattrs-include='*' \
    --numeric-owner --one-file-system -C "$tree" -cf "$tree.tar" .
  echo "$tree: $(find "$tree" | wc -l) entries, $(du -sm "$tree" | cut -f1) MiB"
done
# A mirror that lags behind has an expired Release file, whose signature is checked all the same.
[ -d peers ] || mmdebstrap --variant=minbase --mode=root --aptopt='Acquire::Check-Valid-Until "false"' \
  --include=e2fsprogs,libarchive13t64,dosfstools,mtools,xorriso,squashfs-tools,erofs-utils,qemu-utils,zstd,xz-utils,pigz,android-sdk-libsparse-utils,systemd-repart,libcryptsetup12 sid peers "deb [check-valid-until=no] $mirror sid main"
