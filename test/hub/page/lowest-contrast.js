// The lowest contrast of text with what is behind it (WCAG 2), and where it is. Evaluated in a page.
(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const bytes = (color, over) => {
    const name = `${color} ${over}`;
    if (!known.has(name)) {
      for (const fill of [`rgb(${over.join(',')})`, color]) {
        canvas.fillStyle = fill;
        canvas.fillRect(0, 0, 1, 1);
      }
      known.set(name, [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)]);
    }
    return known.get(name);
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((byte) => {
      const part = byte / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    return bytes(getComputedStyle(element).backgroundColor, behind(element.parentElement));
  };
  let worst = [21, ''];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.textContent.trim() === '' || element.getClientRects().length === 0 || element.closest('svg')) continue;
    const background = behind(element);
    const opacity = Number(getComputedStyle(element).opacity);
    const ink = bytes(getComputedStyle(element).color, background).map((byte, i) => {
      return byte * opacity + background[i] * (1 - opacity);
    });
    const [high, low] = [luminance(ink), luminance(background)].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < worst[0]) worst = [contrast, `${element.className} ${node.textContent.trim().slice(0, 40)}`];
  }
  return worst;
})();
