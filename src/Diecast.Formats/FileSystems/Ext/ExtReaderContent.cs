using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>A file's content, whose map is read when the content is.</summary>
internal sealed class ExtReaderContent : Blob
{
    private readonly uint _inode;
    private readonly uint _flags;
    private Source? _source;
    private Blob? _content;

    internal ExtReaderContent(ExtReader reader, uint inode, uint flags, byte[] pointers, long size)
        : base(size)
    {
        _inode = inode;
        _flags = flags;
        _source = new Source(reader, pointers);
    }

    public override bool MayHaveHoles => Content.MayHaveHoles;

    private Blob Content
    {
        get
        {
            if (Volatile.Read(ref _source) is not { } source)
                return _content!;
            lock (source)
            {
                if (_content is null)
                {
                    _content = source.Reader.ReadContent(_inode, _flags, source.Pointers, Length);
                    Volatile.Write(ref _source, null);
                }

                return _content;
            }
        }
    }

    protected override void ReadCore(long offset, Span<byte> destination) => Content.Read(offset, destination);

    protected override void EmitCore(long offset, long length, IBlobSink sink) => Content.Emit(offset, length, sink);

    private sealed record Source(ExtReader Reader, byte[] Pointers);
}
