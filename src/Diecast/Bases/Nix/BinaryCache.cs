using System.IO.Compression;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Archives.Nar;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Bases.Nix;

/// <summary>
/// A binary cache in a directory, as <c>nix copy --to file://…</c> and <c>guix publish</c> make it: a narinfo file for each path,
/// and archives. Nothing that comes out of it is believed before it is hashed.
/// </summary>
internal sealed class BinaryCache : IDisposable
{
    private const string UrlPrefix = "file://";

    /// <summary>The names of compressions in narinfo files (Nix, src/libutil/compression.cc).</summary>
    private static readonly string[] Supported = ["none", "zstd", "xz", "gzip", "br", "lzip", "bzip2"];

    private readonly string _directory;
    private readonly CacheKeys _keys;
    private readonly string _spoolDirectory;
    private readonly List<HostFile> _files = [];
    private ContentSpool? _spool;

    private BinaryCache(string directory, string store, CacheKeys keys, string spoolDirectory)
    {
        _directory = directory;
        _keys = keys;
        _spoolDirectory = spoolDirectory;
        Store = store;
    }

    /// <summary>The store that its paths are of.</summary>
    internal string Store { get; }

    /// <summary>The directory that a definition's <c>binaryCache</c> names: a path, or a URL of one.</summary>
    internal static string DirectoryOf(string binaryCache, string directory) => binaryCache.StartsWith(UrlPrefix, StringComparison.Ordinal)
        ? Path.GetFullPath(Uri.UnescapeDataString(binaryCache[UrlPrefix.Length..].Split('?')[0]))
        : Path.GetFullPath(Path.Combine(directory, binaryCache));

    /// <summary>Opens one.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="keys">Who must have signed its paths; none where it is believed as it is.</param>
    /// <param name="spoolDirectory">Where what is compressed is unpacked to, in a file without a name.</param>
    /// <exception cref="BuildException">It is no binary cache.</exception>
    internal static BinaryCache Open(string directory, CacheKeys keys, string spoolDirectory)
    {
        const string StoreKey = "StoreDir: ";
        string info = Path.Combine(directory, "nix-cache-info");
        if (!File.Exists(info))
            throw new BuildException($"{directory} is no binary cache: there is no nix-cache-info in it", "name the directory that nix copy --to made");
        string? store = File.ReadLines(info).FirstOrDefault(line => line.StartsWith(StoreKey, StringComparison.Ordinal));
        return new BinaryCache(directory, store is null ? "/nix/store" : store[StoreKey.Length..].TrimEnd(), keys, spoolDirectory);
    }

    /// <summary>What the cache says of a path.</summary>
    /// <exception cref="BuildException">It does not have it, or what it says is damaged or not signed.</exception>
    internal NarInfo Find(string path)
    {
        string file = Path.Combine(_directory, StoreItemName.HashOf(path) + ".narinfo");
        if (!File.Exists(file))
            throw new BuildException($"{path} is not in the binary cache {_directory}", "copy it there with its closure: nix copy --to file://…");
        NarInfo info;
        try
        {
            if (new FileInfo(file).Length > NarInfo.LargestFile)
                throw new InvalidImageException("narinfo", "it is too large to be one");
            info = NarInfo.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidImageException or DecoderFallbackException)
        {
            throw new BuildException($"{file}: {exception.Message}", inner: exception);
        }

        if (info.Item.Path != path)
            throw new BuildException($"{file} is of {info.Item.Path}, not of {path}", "make the binary cache again");
        if (!_keys.IsEmpty && !_keys.HaveSigned(info))
        {
            throw new BuildException(
                $"{path} is not signed by any of the trusted keys{Signers(info)}",
                info.GuixSignature is null ? "add the key that has signed it to trustedKeys, or sign it: nix store sign" : "add the key that has signed it to trustedKeys, as guix archive --authorize does to /etc/guix/acl");
        }

        return info;
    }

    /// <summary>The content of a path.</summary>
    /// <exception cref="BuildException">Its archive is not there, is damaged, or is not what its hashes say.</exception>
    internal Inode Read(NarInfo info, CancellationToken cancellation)
    {
        NarFile archive = info.Files.FirstOrDefault(file => Supported.Contains(file.Compression)) ?? info.Files[0];
        string path = Path.GetFullPath(Path.Combine(_directory, archive.Url));
        if (Path.IsPathRooted(archive.Url) || archive.Url.Contains("://", StringComparison.Ordinal) || !path.StartsWith(Path.TrimEndingDirectorySeparator(_directory) + "/", StringComparison.Ordinal))
            throw new BuildException($"the archive of {info.Item.Path} lies outside the binary cache: {archive.Url}", "make the binary cache again");
        try
        {
            HostFile file = HostFile.Open(path);
            _files.Add(file);
            Blob bytes = Blob.FromFile(file, 0, file.MeasureLength());
            if (archive.Size is { } size && size != bytes.Length)
                throw new InvalidImageException(NarFormat, $"the file has {bytes.Length} bytes and should have {size}");
            if (archive.Hash is { } expected && NixHash.Of(bytes, cancellation) is var found && !found.Equals(expected))
                throw new InvalidImageException(NarFormat, $"the file's hash is {found} and should be {expected}");
            return Unpack(info, archive.Compression, bytes, cancellation);
        }
        catch (Exception exception) when (exception is IOException or InvalidImageException or MissingLibraryException or InvalidDataException)
        {
            throw new BuildException($"{path}: {exception.Message}", inner: exception);
        }
    }

    /// <summary>Makes what was unpacked readable.</summary>
    internal void Finish() => _spool?.Flush();

    /// <summary>Closes what the contents refer to.</summary>
    public void Dispose()
    {
        _spool?.Dispose();
        foreach (HostFile file in _files)
            file.Dispose();
    }

    private const string NarFormat = "nar";

    private Inode Unpack(NarInfo info, string compression, Blob bytes, CancellationToken cancellation)
    {
        long size = info.Item.NarSize!.Value;
        if (compression == "none")
        {
            Check(info, bytes.Length == size ? NixHash.Of(bytes, cancellation) : null, bytes.Length);
            return NarReader.Read(bytes, cancellation);
        }

        _spool ??= ContentSpool.CreateTemporary(_spoolDirectory);
        using var archive = new DigestStream(Decompress(compression, bytes.OpenRead()), size);
        Inode inode = NarReader.Read(archive, _spool, cancellation);
        Check(info, archive.Finish(), archive.Count);
        return inode;
    }

    private static void Check(NarInfo info, NixHash? found, long size)
    {
        if (size != info.Item.NarSize)
            throw new InvalidImageException(NarFormat, $"the archive has {size} bytes and should have {info.Item.NarSize}");
        if (!info.Item.NarHash!.Equals(found))
            throw new InvalidImageException(NarFormat, $"the archive's hash is {found} and should be {info.Item.NarHash}");
    }

    private static Stream Decompress(string compression, Stream source) => compression switch
    {
        "xz" or "zstd" or "gzip" or "lzip" or "bzip2" => Decompression.Open(source),
        "br" => new BrotliStream(source, CompressionMode.Decompress),
        _ => throw new InvalidImageException(NarFormat, $"the compression {compression} is not supported; copy with compression=zstd, xz, gzip, bzip2, br or none"),
    };

    private static string Signers(NarInfo info)
    {
        if (info.GuixSignature?.Split(';') is [_, var host, ..] && info.Item.Signatures.Count == 0)
            return $"; it is signed by {host}";
        string[] names = [.. info.Item.Signatures.Select(signature => signature.Split(':')[0]).Distinct(StringComparer.Ordinal)];
        return names.Length == 0 ? "; nobody has signed it" : $"; it is signed by {string.Join(", ", names)}";
    }
}
