#!/bin/sh
# Makes the whole images that cases.txt spoils, with mke2fs and debugfs 1.47.0. They are kept, compressed, because
# another release would put other bytes at the places that the cases change.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
src=$work/src
mkdir -p "$src/d/e"
yes "a line of text" | head -c 20000 > "$src/file"
seq 30 > "$src/inline"
yes "another line" | head -c 60000 > "$src/large"
ln -s "$(printf '%0100d' 0)" "$src/slow"
ln -s file "$src/fast"
ln "$src/file" "$src/d/hard"
mkfifo "$src/d/pipe"
for i in $(seq 30); do : > "$src/d/a name of some length $i"; done
echo f > "$src/d/e/f"
truncate -s 500000 "$src/sparse"
for i in 0 20 40 60 80 100 120; do echo "$i" | dd of="$src/sparse" bs=4096 seek=$i conv=notrunc status=none; done
setfattr -n user.short -v value "$src/file"
setfattr -n user.long -v "$(seq 100)" "$src/file"
setfacl -m u:1000:r "$src/inline"
setfacl -d -m g:1000:rx "$src/d"
find "$src" -exec touch -h -d @1700000000 {} +

make() {
    name=$1 size=$2
    shift 2
    E2FSPROGS_FAKE_TIME=1700000000 mke2fs -q -F -N 64 -b 1024 -U 0c0ffee0-1234-4567-89ab-0123456789ab \
        -E hash_seed=0c0ffee0-1234-4567-89ab-0123456789ab,root_owner=0:0 -d "$src" "$@" "$work/$name" "$size"
}

keep() {
    gzip -9n < "$work/$1" > "$1.img.gz"
}

debug() {
    printf '%s\n' "$@" | tail -n +2 > "$work/requests"
    E2FSPROGS_FAKE_TIME=1700000000 debugfs -w -f "$work/requests" "$work/$1" > /dev/null 2>&1
}

make ext2 600K -t ext2 -I 128; keep ext2
make revision0 600K -t ext2 -r 0 -I 128; keep revision0
make inline_data 600K -t ext4 -O inline_data,^has_journal -I 256; keep inline_data
make meta_bg 600K -t ext4 -O ^has_journal,^extent,meta_bg,^resize_inode,^64bit -g 256; keep meta_bg
make extents 600K -t ext4 -O ^has_journal,64bit,metadata_csum,sparse_super2,^resize_inode -I 512; keep extents
make bigalloc 2M -t ext4 -O ^has_journal,bigalloc,extent,^resize_inode -C 16384; keep bigalloc
make casefold 800K -t ext4 -O ^has_journal,casefold,encrypt,verity,quota,project -E encoding=utf8; keep casefold
make ea_inode 700K -t ext4 -O ^has_journal,ea_inode
yes "of a value" | head -c 43000 > "$work/value"
debug ea_inode "ea_set -f $work/value file user.large" "ea_set -f $work/value d user.shared"; keep ea_inode
for kind in journal:^metadata_csum,^64bit journal_csum:metadata_csum,64bit; do
    name=${kind%%:*}
    make "$name" 2M -t ext4 -O "${kind#*:}"
    yes x | head -c 31744 > "$work/blocks"
    dd if="$work/$name" bs=1024 skip=20 count=3 status=none of="$work/same"
    [ "$name" = journal ] && open=jo || open="jo -c"
    debug "$name" "$open" "jw -b 500-530 $work/blocks" "jw -r 501-510" "jw -b 20-22 $work/same" jc; keep "$name"
done
