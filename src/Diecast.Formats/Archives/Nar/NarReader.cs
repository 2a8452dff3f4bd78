using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives.Nar;

/// <summary>Reads Nix archives, as strictly as there is only one archive of a tree: <see cref="NarWriter"/> gives the same bytes again.</summary>
/// <remarks>
/// Files are read-only for all, and executable for all or none, as a store has them; directories are 0555; owners are root and
/// times zero, for an archive has none.
/// </remarks>
public static class NarReader
{
    /// <summary>Reads an archive in place; file contents refer to it.</summary>
    /// <returns>A file, a link or a directory.</returns>
    /// <exception cref="InvalidImageException">The archive is damaged, cut short or hostile.</exception>
    /// <exception cref="IOException">The archive cannot be read.</exception>
    public static Inode Read(Blob archive, CancellationToken cancellation = default) =>
        new Parser(new BlobTarSource(archive) { Format = NarLayout.Format }, cancellation).Run();

    /// <summary>Reads an archive from a pipe or a decompressor, to the end; file contents are appended to a spool.</summary>
    /// <returns>A file, a link or a directory.</returns>
    /// <exception cref="InvalidImageException">The archive is damaged, cut short or hostile.</exception>
    /// <exception cref="IOException">The archive cannot be read or the spool cannot be written.</exception>
    public static Inode Read(Stream archive, ContentSpool spool, CancellationToken cancellation = default) =>
        new Parser(new StreamTarSource(archive, spool, copy: false, cancellation) { Format = NarLayout.Format }, cancellation).Run();

    private sealed class Parser(TarSource source, CancellationToken cancellation)
    {
        private const int ReadOnlyFile = 0b100_100_100;
        private const int Executable = 0b101_101_101;

        /// <summary>A path of more names is longer than the 4096 bytes that a system call takes.</summary>
        private const int MostLevels = 2048;

        private readonly byte[] _word = new byte[NarLayout.LongestTarget];
        private readonly Stack<DirectoryInode> _open = new();

        internal Inode Run()
        {
            Expect(NarLayout.Magic);
            Inode root = ReadNode();
            while (_open.TryPeek(out DirectoryInode? directory))
            {
                cancellation.ThrowIfCancellationRequested();
                ReadEntry(directory);
            }

            Span<byte> more = stackalloc byte[1];
            if (source.Read(more) > 0)
                throw Wrong("bytes behind the archive's end", source.Position - 1);
            source.Finish();
            return root;
        }

        /// <summary>A node; of a directory what stands before its entries, which come next.</summary>
        private Inode ReadNode()
        {
            Expect(NarLayout.Open);
            Expect(NarLayout.Type);
            long at = source.Position;
            ReadOnlySpan<byte> type = ReadWord(NarLayout.LongestName);
            if (type.SequenceEqual(NarLayout.Directory))
            {
                if (_open.Count >= MostLevels)
                    throw Wrong(string.Create(CultureInfo.InvariantCulture, $"more than {MostLevels} directories in each other"), at);
                _open.Push(new DirectoryInode(Executable));
                return _open.Peek();
            }

            Inode inode = type.SequenceEqual(NarLayout.Regular) ? ReadFile()
                : type.SequenceEqual(NarLayout.Symlink) ? ReadSymlink()
                : throw Wrong($"'{Show(type)}' is no type of a node", at);
            Expect(NarLayout.Close);
            return inode;
        }

        /// <summary>The next entry of the innermost directory, or its end.</summary>
        private void ReadEntry(DirectoryInode directory)
        {
            long at = source.Position;
            ReadOnlySpan<byte> word = ReadWord(NarLayout.LongestName);
            if (word.SequenceEqual(NarLayout.Close))
            {
                _open.Pop();
                // The entry that it is.
                if (_open.Count > 0)
                    Expect(NarLayout.Close);
                return;
            }

            if (!word.SequenceEqual(NarLayout.Entry))
                throw Wrong($"'{Show(word)}' where an entry or the directory's end belongs", at);
            Expect(NarLayout.Open);
            Expect(NarLayout.Name);
            at = source.Position;
            var name = new FileName(ReadWord(NarLayout.LongestName).ToArray());
            if (!name.IsValidEntry)
                throw Wrong($"'{Show(name.Span)}' is no valid name", at);
            if (directory.Count > 0 && directory.Entries[^1].Name.CompareTo(name) >= 0)
                throw Wrong($"'{Show(name.Span)}' stands behind '{Show(directory.Entries[^1].Name.Span)}', out of order", at);
            Expect(NarLayout.Node);
            Inode inode = ReadNode();
            directory.Set(name, inode);
            if (inode is not DirectoryInode)
                Expect(NarLayout.Close);
        }

        private FileInode ReadFile()
        {
            long at = source.Position;
            ReadOnlySpan<byte> word = ReadWord(NarLayout.LongestName);
            int mode = ReadOnlyFile;
            if (word.SequenceEqual(NarLayout.Executable))
            {
                mode = Executable;
                Expect([]);
                at = source.Position;
                word = ReadWord(NarLayout.LongestName);
            }

            if (!word.SequenceEqual(NarLayout.Contents))
                throw Wrong($"'{Show(word)}' where a file's contents belong", at);
            at = source.Position;
            ulong length = ReadLength();
            if (length > long.MaxValue - NarLayout.Alignment)
                throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a file of {length} bytes, which is absurd"), at);
            Blob content = source.Take((long)length);
            SkipPadding((long)length);
            return new FileInode(content, mode);
        }

        private SymlinkInode ReadSymlink()
        {
            Expect(NarLayout.Target);
            long at = source.Position;
            var target = new FileName(ReadWord(NarLayout.LongestTarget).ToArray());
            return target.Length > 0 && !target.Span.Contains((byte)0) ? new SymlinkInode(target) : throw Wrong("a link has no valid target", at);
        }

        private void Expect(ReadOnlySpan<byte> expected)
        {
            long at = source.Position;
            ReadOnlySpan<byte> word = ReadWord(NarLayout.LongestName);
            if (!word.SequenceEqual(expected))
                throw Wrong($"'{Show(word)}' where '{Show(expected)}' belongs", at);
        }

        private ReadOnlySpan<byte> ReadWord(int most)
        {
            long at = source.Position;
            ulong length = ReadLength();
            if (length > (ulong)most)
                throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a word of {length} bytes, where {most} are the most"), at);
            Span<byte> word = _word.AsSpan(0, (int)length);
            source.ReadExactly(word);
            SkipPadding((int)length);
            return word;
        }

        private ulong ReadLength()
        {
            Span<byte> bytes = stackalloc byte[NarLayout.LengthSize];
            source.ReadExactly(bytes);
            return NarLayout.ReadLength(bytes);
        }

        private void SkipPadding(long length)
        {
            long at = source.Position;
            Span<byte> padding = stackalloc byte[NarLayout.Alignment];
            padding = padding[..NarLayout.Padding(length)];
            source.ReadExactly(padding);
            if (padding.ContainsAnyExcept((byte)0))
                throw Wrong("padding that is not zero", at);
        }

        private static InvalidImageException Wrong(string what, long offset) =>
            new(NarLayout.Format, string.Create(CultureInfo.InvariantCulture, $"at offset {offset}: {what}"));

        private static string Show(ReadOnlySpan<byte> word)
        {
            string text = Encoding.UTF8.GetString(word.Length > 40 ? word[..40] : word);
            return string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        }
    }
}
