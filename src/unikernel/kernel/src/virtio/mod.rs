//! Network cards of the virtio family (Virtual I/O Device Version 1.2).

mod mmio;
mod net;
mod pci;
mod queue;
mod transport;

pub use net::VirtioNet;

use hotzone_page::command_line::CommandLine;

/// The first network card on the command line or the PCI bus.
pub fn find_card(command_line: &CommandLine) -> Result<VirtioNet, &'static str> {
    for device in command_line.mmio_devices.iter().flatten() {
        if let Some(transport) = mmio::MmioTransport::find_card(*device)? {
            return VirtioNet::start(transport);
        }
    }
    match pci::PciTransport::find_card()? {
        Some(transport) => VirtioNet::start(transport),
        None => Err("there is no virtio network card, neither virtio_mmio.device= nor on the PCI bus"),
    }
}
