using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Bases;

/// <summary>A root tree, and what it was made from.</summary>
internal sealed class ResolvedBase : IDisposable
{
    private readonly IDisposable? _storage;
    private readonly Lazy<string> _identity;

    internal ResolvedBase(FileTree tree, Lazy<string> identity, long? epoch, BaseOrigin origin, IDisposable? storage = null)
    {
        Tree = tree;
        Epoch = epoch;
        Origin = origin;
        _identity = identity;
        _storage = storage;
    }

    /// <summary>The tree. It is the caller's to change; its files are good until the base is disposed.</summary>
    public FileTree Tree { get; }

    /// <summary>
    /// SHA-256 of what the base is made from, in hexadecimal digits: for Debian the declaration and the state of the
    /// archive, for an archive its bytes, for a directory its whole content (read when this is first asked).
    /// </summary>
    public string Identity => _identity.Value;

    /// <summary>
    /// Source epoch in seconds: for Debian the newest date of its archives, else the newest time in the tree; null
    /// for an empty tree.
    /// </summary>
    public long? Epoch { get; }

    /// <summary>Where the tree came from this time.</summary>
    public BaseOrigin Origin { get; }

    /// <summary>Whether it is a whole system of NixOS or Guix, which configures itself.</summary>
    public bool IsStoreSystem { get; init; }

    /// <summary>How the base is run, where it is a container image; else null.</summary>
    public ContainerConfiguration? Configuration { get; init; }

    /// <summary>Closes what the tree's files refer to.</summary>
    public void Dispose() => _storage?.Dispose();
}

/// <summary>Where the tree of a base came from.</summary>
internal enum BaseOrigin
{
    /// <summary>It was read where it lies.</summary>
    Host,

    /// <summary>It was installed now.</summary>
    Installed,

    /// <summary>It was in the cache.</summary>
    Cache,
}
