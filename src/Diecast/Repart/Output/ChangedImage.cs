using Diecast.Formats.Blobs;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Repart.Output;

/// <summary>
/// An image that is being changed: it has its new length already. Unless it is kept, it has its old one again when this is
/// disposed, and the table's backup, where there may be a new partition by then.
/// </summary>
internal sealed class ChangedImage : IDisposable
{
    private readonly long _before;
    private readonly long _length;
    private readonly byte[] _backup;
    private bool _isKept;

    /// <summary>Opens an image, and makes it longer where it is to be.</summary>
    /// <param name="path">The image.</param>
    /// <param name="before">Its content.</param>
    /// <param name="backup">Where in it the table's backup begins.</param>
    /// <param name="length">Its new length; no less than the old one.</param>
    internal ChangedImage(string path, Blob before, long backup, long length)
    {
        _before = before.Length;
        _length = length;
        _backup = before.Slice(backup).ToArray();
        Handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        if (length > _before)
            RandomAccess.SetLength(Handle, length);
    }

    internal SafeFileHandle Handle { get; }

    /// <summary>The change is complete.</summary>
    internal void Keep() => _isKept = true;

    public void Dispose()
    {
        if (!_isKept)
        {
            RandomAccess.Write(Handle, _backup, _before - _backup.Length);
            if (_length > _before)
                RandomAccess.SetLength(Handle, _before);
        }

        Handle.Dispose();
    }
}
