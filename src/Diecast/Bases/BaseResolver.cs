using System.Security.Cryptography;
using Diecast.Bases.Nix;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;
using Diecast.Store;

namespace Diecast.Bases;

/// <summary>Turns a declared base into a tree.</summary>
internal static class BaseResolver
{
    private const int MagicSize = 6;

    /// <summary>Resolves a base; a Debian base gets no more packages than it declares.</summary>
    /// <exception cref="BuildException">The base is not there, cannot be fetched or cannot be installed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled; nothing is left of it.</exception>
    public static ResolvedBase Resolve(SystemBase source, BaseResolveOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new BaseResolveOptions();
        return source switch
        {
            DebianBase debian => Resolve(new DebianRequest { Base = debian }, options, cancellation),
            DirectoryBase directory => ReadDirectory(directory, options, cancellation),
            TarBase tar => ReadTar(tar, options, cancellation),
            OciBase oci => ReadContainer(oci, options, cancellation),
            NixBase nix => StoreBase.Resolve(nix, options, cancellation),
            GuixBase guix => StoreBase.Resolve(guix, options, cancellation),
            _ => throw new BuildException($"bases of the kind {source.GetType().Name} are not supported"),
        };
    }

    /// <summary>Resolves a Debian base with what the rest of the system asks of it.</summary>
    /// <exception cref="BuildException">The archive cannot be reached, or the installation failed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled; nothing is left of it.</exception>
    public static ResolvedBase Resolve(DebianRequest request, BaseResolveOptions? options = null, CancellationToken cancellation = default) =>
        new DebianInstaller(request, options ?? new BaseResolveOptions()).Resolve(cancellation);

    private static ResolvedBase ReadDirectory(DirectoryBase source, BaseResolveOptions options, CancellationToken cancellation)
    {
        string path = Path.GetFullPath(source.Path, Path.GetFullPath(options.Directory));
        if (!Directory.Exists(path))
            throw new BuildException($"the base directory {path} is not there");
        bool keep = source.Ownership == HostOwnership.Keep;
        try
        {
            FileTree tree = HostDirectoryReader.Read(
                path,
                new HostDirectoryOptions
                {
                    Owner = keep ? HostOwner.Keep : HostOwner.Root,
                    Xattrs = keep ? HostXattrs.All : HostXattrs.Portable,
                },
                cancellation);
            return new ResolvedBase(tree, new Lazy<string>(() => TreeDigest.Compute(tree)), NewestTime(tree), BaseOrigin.Host);
        }
        catch (IOException exception)
        {
            throw new BuildException($"the base directory {path}: {exception.Message}", inner: exception);
        }
    }

    private static ResolvedBase ReadTar(TarBase source, BaseResolveOptions options, CancellationToken cancellation)
    {
        string path = Path.GetFullPath(source.Path, Path.GetFullPath(options.Directory));
        if (!File.Exists(path))
            throw new BuildException($"the base archive {path} is not there");
        HostFile? archive = null;
        ContentSpool? spool = null;
        try
        {
            archive = HostFile.Open(path);
            long length = archive.MeasureLength();
            Blob bytes = Blob.FromFile(archive, 0, length);
            var identity = new Lazy<string>(() => Digest(bytes));
            byte[] start = new byte[Math.Min(length, MagicSize)];
            bytes.Read(0, start);
            FileTree tree;
            if (Decompression.Detect(start) == CompressionFormat.None)
            {
                tree = TarReader.ReadFile(archive, cancellation);
            }
            else
            {
                spool = ContentSpool.CreateTemporary(CacheStore.Open(options.CacheDirectory).Root);
                using Stream decompressed = Decompression.Open(bytes.OpenRead());
                tree = TarReader.Read(decompressed, spool, cancellation);
            }

            return new ResolvedBase(tree, identity, NewestTime(tree), BaseOrigin.Host, new Storage(archive, spool));
        }
        catch (Exception exception) when (exception is IOException or InvalidImageException or MissingLibraryException)
        {
            archive?.Dispose();
            spool?.Dispose();
            throw new BuildException($"the base archive {path}: {exception.Message}", inner: exception);
        }
    }

    private static ResolvedBase ReadContainer(OciBase source, BaseResolveOptions options, CancellationToken cancellation)
    {
        string path = Path.GetFullPath(source.Path, Path.GetFullPath(options.Directory));
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new BuildException($"the base image {path} is not there");
        ContainerFile? file = null;
        try
        {
            file = ContainerFile.Open(path, options.CacheDirectory, cancellation);
            ContainerImage image = ContainerImage.Open(
                file.Layout,
                new ContainerReadOptions { Reference = source.Reference, Architecture = source.Architecture, Preferred = options.ContainerArchitecture });
            FileTree tree = file.Flatten(image, cancellation);
            // The configuration names every layer by the digest of its content.
            string identity = image.ConfigurationDigest["sha256:".Length..];
            return new ResolvedBase(tree, new Lazy<string>(identity), NewestTime(tree), BaseOrigin.Host, file) { Configuration = image.Configuration };
        }
        catch (Exception exception) when (exception is IOException or InvalidImageException or MissingLibraryException)
        {
            file?.Dispose();
            throw new BuildException($"the base image {path}: {exception.Message}", inner: exception);
        }
    }

    internal static string Digest(Blob bytes)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BlobWriter.Digest(bytes, digest);
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private sealed class Storage(HostFile archive, ContentSpool? spool) : IDisposable
    {
        public void Dispose()
        {
            archive.Dispose();
            spool?.Dispose();
        }
    }

    private static long? NewestTime(FileTree tree)
    {
        long? newest = null;
        foreach (TreeEntry entry in tree.Walk())
            newest = Math.Max(newest ?? long.MinValue, entry.Inode.ModifiedTime.Seconds);
        return newest;
    }
}
