using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>A file's content, whose map is read when the content is.</summary>
internal sealed class ExtReaderContent : Blob, IVerityContent
{
    private readonly uint _inode;
    private readonly uint _flags;
    private readonly Source? _verity;
    private Source? _source;
    private Blob? _content;

    internal ExtReaderContent(ExtReader reader, uint inode, uint flags, byte[] pointers, long size)
        : base(size)
    {
        _inode = inode;
        _flags = flags;
        _source = new Source(reader, pointers);
        _verity = (flags & ExtInodeFlags.Verity) != 0 ? _source : null;
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

    /// <inheritdoc/>
    public byte[]? ReadVerityDescriptor() => _verity?.Reader.ReadVerityDescriptor(_inode, _flags, _verity.Pointers);

    protected override void ReadCore(long offset, Span<byte> destination) => Content.Read(offset, destination);

    protected override void EmitCore(long offset, long length, IBlobSink sink) => Content.Emit(offset, length, sink);

    private sealed record Source(ExtReader Reader, byte[] Pointers);
}
