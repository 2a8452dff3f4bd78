using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>
/// The memory of one thread's encoder (<c>lzma_allocator</c>, lzma/base.h), kept from one block to the next: each block takes
/// the same few large pieces, and the C library's heap, given them back and asked again, grows to twice as much.
/// </summary>
internal sealed unsafe class LzmaMemory : IDisposable
{
    private readonly List<Piece> _pieces = [];
    private GCHandle _self;
    private Functions* _functions;

    internal LzmaMemory()
    {
        _self = GCHandle.Alloc(this);
        _functions = (Functions*)NativeMemory.Alloc((nuint)sizeof(Functions));
        *_functions = new Functions { Allocate = &Allocate, Release = &Release, Self = GCHandle.ToIntPtr(_self) };
    }

    /// <summary>What liblzma takes as its allocator, until this is disposed.</summary>
    internal void* Pointer => _functions;

    public void Dispose()
    {
        if (_functions is null)
            return;
        foreach (Piece piece in _pieces)
            NativeMemory.Free((void*)piece.Address);
        _pieces.Clear();
        NativeMemory.Free(_functions);
        _functions = null;
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* Allocate(void* self, nuint count, nuint size)
    {
        try
        {
            // The count is always 1.
            return Of(self).Take(checked(count * size));
        }
        catch (Exception exception) when (exception is OutOfMemoryException or OverflowException)
        {
            return null;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(void* self, void* address)
    {
        if (address is not null)
            Of(self).Return((nint)address);
    }

    private static LzmaMemory Of(void* self) => (LzmaMemory)GCHandle.FromIntPtr((nint)self).Target!;

    private void* Take(nuint size)
    {
        for (int i = 0; i < _pieces.Count; i++)
        {
            if (_pieces[i] is { IsFree: true } piece && piece.Size == size)
            {
                _pieces[i] = piece with { IsFree = false };
                return (void*)piece.Address;
            }
        }

        void* address = NativeMemory.Alloc(size);
        _pieces.Add(new Piece((nint)address, size, IsFree: false));
        return address;
    }

    private void Return(nint address)
    {
        int index = _pieces.FindIndex(piece => piece.Address == address);
        if (index >= 0)
            _pieces[index] = _pieces[index] with { IsFree = true };
    }

    private readonly record struct Piece(nint Address, nuint Size, bool IsFree);

    private struct Functions
    {
        internal delegate* unmanaged[Cdecl]<void*, nuint, nuint, void*> Allocate;
        internal delegate* unmanaged[Cdecl]<void*, void*, void> Release;
        internal nint Self;
    }
}
