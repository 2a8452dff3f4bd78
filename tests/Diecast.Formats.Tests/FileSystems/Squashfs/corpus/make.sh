#!/bin/sh
# Makes the images of SquashfsForeignTests with the mksquashfs that is installed; wants root.
#
#     cd tests/Diecast.Formats.Tests/FileSystems/Squashfs/corpus && ./make.sh
set -eu
tree=$(mktemp -d)
mkdir "$tree/a"
seq 1 2500 > "$tree/text"
chmod 604 "$tree/text"
ln "$tree/text" "$tree/hard"
: > "$tree/a/empty"
ln -s ../text "$tree/a/link"
mkfifo -m 600 "$tree/a/fifo"
mknod -m 666 "$tree/a/null" c 1 3
truncate -s 300000 "$tree/sparse"
printf end >> "$tree/sparse"
printf x > "$tree/xattrs"
setfattr -n user.short -v value "$tree/xattrs"
setfattr -n user.long -v "$(printf %0100d 0)" "$tree/xattrs"
chmod 750 "$tree/a"
chown 5:6 "$tree/a"
make() {
  name=$1
  shift
  mksquashfs "$tree" "$name.sqfs" -noappend -quiet -no-progress -mkfs-time 1000000000 -all-time 1000000000 -nopad "$@"
}
make gzip
make gzip-stored -noI -noD -noF -noX -b 4096
make xz -comp xz -Xbcj x86 -b 65536
make zstd -comp zstd -b 32768 -tailends
make lz4 -comp lz4 -noI -b 8192
make lzo -comp lzo -no-fragments
rm -r "$tree"
