using Diecast.Formats;
using Diecast.Formats.Blobs;

namespace Diecast.Building;

/// <summary>What a build signs with: the keys that its definition names, read once.</summary>
internal sealed class Signing : IDisposable
{
    internal Signing(Definition definition, Timestamp epoch, CancellationToken cancellation)
    {
    }

    /// <summary>Signs a program for Secure Boot, or null where no key is named.</summary>
    internal Func<Blob, Blob>? Program { get; }

    /// <summary>Signs a root hash, or null where no key is named.</summary>
    internal Func<ReadOnlyMemory<byte>, Blob>? RootHash { get; }

    public void Dispose()
    {
    }
}
